"""Ports on 127.0.0.1 that behave as a test says: silent, talking nonsense, or answering as SQL Server does."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

CERTIFICATE = Path(__file__).with_name("localhost.pem")
"""Self-signed, for localhost, with its key: made for these tests, good until 2126, trusted by nobody."""

Talk = Callable[[socket.socket], None]


@contextlib.contextmanager
def port_that(talk: Talk) -> Iterator[int]:
    """A port whose every connection is handed to `talk`; closed, with all connections, at the end."""
    listener = socket.create_server(("127.0.0.1", 0))
    taken: list[socket.socket] = []

    def serve() -> None:
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            taken.append(sock)
            with contextlib.suppress(OSError):
                talk(sock)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        for sock in taken:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(30)
        for sock in taken:
            sock.close()


def closed_port() -> int:
    """A port on which nothing listens (any more)."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def silent(_: socket.socket) -> None:
    """Take the connection and say nothing."""


def nonsense(sock: socket.socket) -> None:
    """Answer as a web server does."""
    sock.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def closing(sock: socket.socket) -> None:
    """Read the greeting, and hang up."""
    _receive(sock)
    sock.close()


def greeting(encrypts: int, *, major: int = 16, tls: bool = False) -> Talk:
    """Answer PRELOGIN as SQL Server does; with `tls`, go on to the handshake within packets."""

    def talk(sock: socket.socket) -> None:
        _receive(sock)
        version = struct.pack(">BBHH", major, 0, 1000, 0)
        table = struct.pack(">BHHBHHB", 0, 11, 6, 1, 17, 1, 0xFF)
        _send(sock, table + version + bytes([encrypts]))
        if tls:
            _handshake_within(sock)

    return talk


def strict(sock: socket.socket) -> None:
    """TLS from the first byte, then PRELOGIN."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    context.set_alpn_protocols(["tds/8.0"])
    with context.wrap_socket(sock, server_side=True) as tls:
        assert tls.selected_alpn_protocol() == "tds/8.0"
        greeting(1)(tls)
        tls.recv(1)


def _handshake_within(sock: socket.socket) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(incoming, outgoing, server_side=True)
    while True:
        try:
            tls.do_handshake()
        except ssl.SSLWantReadError:
            if outgoing.pending:
                _send(sock, outgoing.read())
            incoming.write(_receive(sock))
        else:
            if outgoing.pending:
                _send(sock, outgoing.read())
            return


def _receive(sock: socket.socket) -> bytes:
    header = sock.recv(8, socket.MSG_WAITALL) if not isinstance(sock, ssl.SSLSocket) else sock.recv(8)
    if len(header) < 8:
        raise OSError("gone")
    kind, length = header[0], struct.unpack(">H", header[2:4])[0]
    assert kind == 0x12
    body = b""
    while len(body) < length - 8:
        body += sock.recv(length - 8 - len(body))
    return body


def _send(sock: socket.socket, body: bytes) -> None:
    sock.sendall(struct.pack(">BBHHBB", 0x04, 1, len(body) + 8, 0, 1, 0) + body)


@contextlib.contextmanager
def browser_that(answer: bytes | None) -> Iterator[int]:
    """A SQL Server Browser on a port of its own; None: it never answers."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))

        def serve() -> None:
            data, peer = sock.recvfrom(64)
            if answer is not None and data[:1] == b"\x04":
                sock.sendto(answer, peer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield sock.getsockname()[1]
        with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
            end.sendto(b"\x00", sock.getsockname())
        thread.join(30)


def browser_answer(text: str) -> bytes:
    """An SVR_RESP ([MC-SQLR] 2.2.5)."""
    return b"\x05" + struct.pack("<H", len(text)) + text.encode()
