"""Looking at a SQL Server from outside, without a driver: its name, its port, whether it speaks TDS, its certificate.

Sources: [MS-TDS] 2.2.3.1 (packet header), 2.2.6.5 (PRELOGIN, which also carries the TLS handshake in TDS 7) and the
TDS 8 handshake; [MC-SQLR] 2.2.3 and 2.2.5 (which port a named instance has, from the SQL Server Browser).
Everything waits at most `seconds`; nothing is sent that a login would need.
"""

from __future__ import annotations

import socket
import ssl
import struct
import time
from dataclasses import dataclass
from enum import IntEnum

BROWSER_PORT = 1434
"""UDP; the SQL Server Browser ([MC-SQLR] 2.1)."""

_HEADER = struct.Struct(">BBHHBB")
_OPTION = struct.Struct(">BHH")
_PRELOGIN, _RESPONSE = 0x12, 0x04
_END_OF_MESSAGE = 0x01
_VERSION, _ENCRYPTION, _TERMINATOR = 0x00, 0x01, 0xFF
_LARGEST = 32767
_CHUNK = 4096 - _HEADER.size

Address = tuple[socket.AddressFamily, str]


class NotSqlServer(Exception):
    """Something answers, but not in TDS."""


class Encrypts(IntEnum):
    """What a server says of encryption in PRELOGIN ([MS-TDS] 2.2.6.5, ENCRYPTION)."""

    LOGIN_ONLY = 0
    YES = 1
    NO = 2
    REQUIRED = 3


@dataclass(frozen=True)
class Greeting:
    """A server's PRELOGIN answer: its version (16.0.1000 is SQL Server 2022) and what it says of encryption."""

    version: tuple[int, int, int]
    encrypts: Encrypts


def resolve(host: str) -> list[Address]:
    """The addresses of a host name, each once. Raises OSError where it has none."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys((family, str(address[0])) for family, _, _, _, address in found))


def browse(address: Address, instance: str, seconds: float, port: int = BROWSER_PORT) -> int:
    """The TCP port of a named instance. Raises OSError (TimeoutError: nobody answers) or NotSqlServer."""
    family, host = address
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        sock.settimeout(seconds)
        sock.connect((host, port))
        sock.send(b"\x04" + instance.encode("ascii", "replace") + b"\x00")
        answer = sock.recv(4096)
    if len(answer) < 3 or answer[0] != 0x05:
        raise NotSqlServer("The answer from port 1434 is none of a SQL Server Browser.")
    words = answer[3:].decode("ascii", "replace").split(";")
    pairs = dict(zip(words[::2], words[1::2]))  # noqa: B905 - the text ends in two semicolons
    if not pairs.get("tcp", "").isdecimal():
        raise NotSqlServer(f"The instance {instance} does not listen on TCP.")
    return int(pairs["tcp"])


def connect(addresses: list[Address], port: int, seconds: float) -> socket.socket:
    """A connection to the first address that takes one. Raises OSError, the last one's."""
    deadline = time.monotonic() + seconds
    failure: OSError = OSError("The name has no address.")
    for family, host in addresses:
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.settimeout(max(0.05, deadline - time.monotonic()))
            sock.connect((host, port))
        except OSError as error:
            sock.close()
            failure = error
        else:
            return sock
    raise failure


def greet(sock: socket.socket | ssl.SSLSocket, *, want_encryption: bool) -> Greeting:
    """Exchange PRELOGIN. Raises NotSqlServer, TimeoutError, OSError."""
    sock.sendall(_packet(_prelogin(want_encryption)))
    return _read_greeting(_receive(sock))


def encrypt_first(
    sock: socket.socket, name: str, *, trust: bool, context: ssl.SSLContext | None = None
) -> ssl.SSLSocket:
    """TLS from the first byte, as strict encryption has it (TDS 8). Raises ssl.SSLError, OSError."""
    chosen = context or _context(trust)
    chosen.set_alpn_protocols(["tds/8.0"])
    return chosen.wrap_socket(sock, server_hostname=name)


def encrypt_within(
    sock: socket.socket, name: str, *, trust: bool, context: ssl.SSLContext | None = None
) -> str:
    """The TLS handshake inside PRELOGIN packets, as TDS 7 has it; returns the version agreed on.

    Raises ssl.SSLCertVerificationError where the certificate is not to be trusted, ssl.SSLError, NotSqlServer, OSError.
    """
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = (context or _context(trust)).wrap_bio(incoming, outgoing, server_hostname=name)
    while True:
        try:
            tls.do_handshake()
        except ssl.SSLWantReadError:
            _flush(sock, outgoing)
            incoming.write(_receive(sock, (_RESPONSE, _PRELOGIN)))
        else:
            _flush(sock, outgoing)
            return tls.version() or "TLS"


def _context(trust: bool) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if trust:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _flush(sock: socket.socket, outgoing: ssl.MemoryBIO) -> None:
    data = outgoing.read()
    for start in range(0, len(data), _CHUNK):
        last = start + _CHUNK >= len(data)
        sock.sendall(_packet(data[start : start + _CHUNK], _END_OF_MESSAGE if last else 0))


def _packet(body: bytes, status: int = _END_OF_MESSAGE) -> bytes:
    return _HEADER.pack(_PRELOGIN, status, _HEADER.size + len(body), 0, 1, 0) + body


def _prelogin(want_encryption: bool) -> bytes:
    options = [
        (_VERSION, struct.pack(">IH", 0, 0)),
        (_ENCRYPTION, bytes([Encrypts.YES if want_encryption else Encrypts.LOGIN_ONLY])),
        (0x02, b"\x00"),  # INSTOPT: any instance
        (0x03, struct.pack(">I", 0)),  # THREADID
        (0x04, b"\x00"),  # MARS: no
    ]
    offset = _OPTION.size * len(options) + 1
    table, data = b"", b""
    for token, value in options:
        table += _OPTION.pack(token, offset + len(data), len(value))
        data += value
    return table + bytes([_TERMINATOR]) + data


def _receive(sock: socket.socket | ssl.SSLSocket, kinds: tuple[int, ...] = (_RESPONSE,)) -> bytes:
    """The body of one message: its packets, put together."""
    body = b""
    while True:
        first = _exactly(sock, 1)
        if first[0] not in kinds:
            raise NotSqlServer("It answers, but not as a SQL Server does.")
        _, status, length, _, _, _ = _HEADER.unpack(first + _exactly(sock, _HEADER.size - 1))
        if not _HEADER.size <= length <= _LARGEST:
            raise NotSqlServer("Its answer has a length that none can have.")
        body += _exactly(sock, length - _HEADER.size)
        if status & _END_OF_MESSAGE or _PRELOGIN in kinds:
            return body
        if len(body) > 4 * _LARGEST:
            raise NotSqlServer("Its answer does not end.")


def _exactly(sock: socket.socket | ssl.SSLSocket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        part = sock.recv(count - len(data))
        if not part:
            raise NotSqlServer("It takes the connection and closes it again.")
        data += part
    return data


def _read_greeting(body: bytes) -> Greeting:
    options: dict[int, bytes] = {}
    position = 0
    while position < len(body) and body[position] != _TERMINATOR:
        if position + _OPTION.size > len(body):
            raise NotSqlServer("Its greeting is cut short.")
        token, offset, length = _OPTION.unpack_from(body, position)
        if offset + length > len(body):
            raise NotSqlServer("Its greeting points beyond its end.")
        options[token] = body[offset : offset + length]
        position += _OPTION.size
    version, encrypts = options.get(_VERSION, b""), options.get(_ENCRYPTION, b"")
    if len(version) != 6 or len(encrypts) < 1 or encrypts[0] not in list(Encrypts):
        raise NotSqlServer("Its greeting is none of a SQL Server.")
    major, minor, build = struct.unpack(">BBH", version[:4])
    return Greeting((major, minor, build), Encrypts(encrypts[0]))
