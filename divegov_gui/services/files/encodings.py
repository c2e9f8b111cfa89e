"""In which encoding a text file is written. Whatever is chosen has decoded the whole file, not a sample."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from divegov_gui.core.errors import InputRefused
from divegov_gui.core.numbers import grouped
from divegov_gui.services.files.detect import looks_like_utf16
from divegov_gui.services.files.limits import BLOCK
from divegov_gui.services.files.model import Watch

SAMPLE = 64 << 10
"""Bytes of lines with other than ASCII in them by which an old encoding is guessed."""

_BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LABELS = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16 (little endian)",
    "utf-16-be": "UTF-16 (big endian)",
    "utf-32-le": "UTF-32",
    "utf-32-be": "UTF-32",
    "iso8859-1": "Latin-1",
    "mac-roman": "Mac Roman",
    "koi8-r": "KOI8-R",
    "cp850": "DOS code page 850",
    "cp932": "Shift JIS (Windows-932)",
}
_LATIN = ("cp1252", "cp1250", "cp1254", "mac_roman", "cp850")
_CANDIDATES = (
    *_LATIN,
    *("cp1251", "koi8_r", "cp1253", "cp1255", "cp1256", "cp1257"),
    *("cp932", "euc_jp", "gb18030", "big5", "euc_kr"),
)
_TYPOGRAPHY = frozenset("’‘‚“”„–—…´`·°ºª€«»\xa0\xad")


@dataclass(frozen=True)
class Undecodable:
    """Where a file stops being text in an encoding: the offset of the byte, from 0."""

    offset: int
    reason: str


@dataclass(frozen=True)
class Encoding:
    """The encoding that holds for the whole file, and what to tell about it."""

    name: str
    notes: tuple[str, ...] = ()


def label(name: str) -> str:
    """What people call an encoding: ``Windows-1252`` for cp1252."""
    if re.fullmatch(r"cp125\d", name):
        return f"Windows-{name[2:]}"
    return _LABELS.get(name.replace("_", "-"), name.upper())


def find_encoding(path: Path, head: bytes, given: str | None, watch: Watch) -> Encoding:
    """The encoding of the file: as given, by its byte order mark, strict UTF-8, or the best guess.

    Raises InputRefused where none decodes every byte, and for NUL characters.
    """
    if given is not None:
        return _certain(path, _canonical(given, head), watch)
    for mark, name in _BOMS:
        if head.startswith(mark):
            return _certain(path, name, watch)
    if wide := looks_like_utf16(head):
        return _certain(path, wide, watch, (f"Read as {label(wide)}; the file has no byte order mark.",))
    failure = first_failure(path, "utf-8", watch)
    if failure is None:
        return Encoding("utf-8")
    if failure.reason == "NUL":
        raise _refuse_nul(path, failure, "utf-8")
    _refuse_damaged_utf8(path, failure)
    return _guess(path, watch)


def first_failure(path: Path, encoding: str, watch: Watch | None = None) -> Undecodable | None:
    """Decode the file from end to end; the first byte that cannot be, or the first NUL, or None."""
    watch = watch or Watch()
    decoder = codecs.getincrementaldecoder(encoding)()
    fed, total = 0, path.stat().st_size
    with path.open("rb") as stream:
        while True:
            block = stream.read(BLOCK)
            before = fed - len(decoder.getstate()[0])
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                return Undecodable(before + error.start, error.reason)
            except UnicodeError as error:  # a few codecs say no more than that
                return Undecodable(before, str(error))
            if "\0" in text:
                return Undecodable(before + len(text[: text.index("\0")].encode(encoding)), "NUL")
            if not block or fed > total:  # past `total` the file grows while it is read, and has no end
                return None
            fed += len(block)
            watch.at("Checking the encoding", fed, total)


def line_at(path: Path, offset: int, encoding: str) -> int:
    """The number, from 1, of the line that holds the byte at `offset`."""
    decoder = io.IncrementalNewlineDecoder(
        codecs.getincrementaldecoder(encoding)(errors="replace"), translate=True
    )
    line = 1
    with path.open("rb") as stream:
        while offset > 0 and (block := stream.read(min(BLOCK, offset))):
            line += decoder.decode(block).count("\n")
            offset -= len(block)
    return line


def _canonical(given: str, head: bytes) -> str:
    """Python's name of the encoding that a person named."""
    try:
        info = codecs.lookup(given.strip())
        usable = getattr(info, "_is_text_encoding", True) and info.incrementaldecoder is not None
    except (LookupError, ValueError):
        usable = False
    if not usable:
        raise InputRefused(
            "There is no such encoding.",
            f"“{given}” is not known here.",
            "Name one such as utf-8, utf-16, cp1252 (Windows-1252) or latin-1, or leave it to be found.",
        )
    name = {"utf-8-sig": "utf-8"}.get(info.name, info.name)
    if name in {"utf-16", "utf-32"}:
        marked = (found for mark, found in _BOMS if head.startswith(mark) and found.startswith(name))
        return next(marked, f"{name}-le")
    return name


def _certain(path: Path, name: str, watch: Watch, notes: tuple[str, ...] = ()) -> Encoding:
    """Hold the file to an encoding that is not a guess."""
    failure = first_failure(path, name, watch)
    if failure is None:
        return Encoding(name, notes)
    if failure.reason == "NUL":
        raise _refuse_nul(path, failure, name)
    raise InputRefused(
        f"{path.name} is not {label(name)} throughout.",
        f"The byte at offset {grouped(failure.offset)} cannot be read; "
        f"it stands on line {grouped(line_at(path, failure.offset, name))}.",
        "Choose the encoding in which the file was saved, or save it once more as UTF-8.",
        options="--encoding utf-8",
    )


def _refuse_nul(path: Path, failure: Undecodable, encoding: str) -> InputRefused:
    line = line_at(path, failure.offset, encoding)
    return InputRefused(
        f"{path.name} holds a NUL character.",
        f"It stands on line {grouped(line)}. No text holds one: the file is damaged or not {label(encoding)}.",
        "Export it once more from the program that it comes from.",
    )


def _refuse_damaged_utf8(path: Path, failure: Undecodable) -> None:
    """Refuse a file that is UTF-8 but for some bytes: any other reading would spoil every accented name."""
    right = wrong = 0
    with path.open("rb") as stream:
        for line in iter(lambda: stream.readline(BLOCK), b""):
            if not line.isascii():
                text = line.decode("utf-8", "replace")
                errors = text.count("\ufffd")
                wrong += errors
                right += sum(1 for character in text if character > "\x7f") - errors
    if right >= wrong:
        raise InputRefused(
            f"{path.name} is UTF-8, but not throughout.",
            f"The byte at offset {grouped(failure.offset)} (line {grouped(line_at(path, failure.offset, 'utf-8'))}) "
            "cannot be read: a character is cut in two, or parts of other encodings were put together.",
            "Save it once more as UTF-8, or name the encoding that it was meant to have.",
            options="--encoding cp1252",
        )


def _guess(path: Path, watch: Watch) -> Encoding:
    """The likeliest old encoding that decodes every byte."""
    for name in _ranked(_telling_lines(path)):
        if first_failure(path, name, watch) is None:
            note = f"Read as {label(name)}, a guess; choose another if names with accents look wrong."
            return Encoding(name, (note,))
    raise InputRefused(
        f"{path.name} is in an encoding that cannot be found out.",
        "It is not UTF-8, and none of the usual encodings reads every byte of it.",
        "Save it once more as UTF-8, or name its encoding.",
        options="--encoding cp1252",
    )


def _telling_lines(path: Path) -> bytes:
    """Lines with other than ASCII in them, from anywhere in the file."""
    sample = bytearray()
    with path.open("rb") as stream:
        for line in iter(lambda: stream.readline(SAMPLE), b""):
            if not line.isascii():
                sample += line
                if len(sample) >= SAMPLE:
                    break
    return bytes(sample)


def _ranked(sample: bytes) -> list[str]:
    """The candidates in the order of their likelihood, by the statistics of charset-normalizer.

    Those cannot tell the Western encodings apart in short names; there the one wins that puts the fewest
    signs where only a letter can stand, and Windows-1252 where that is a draw.
    """
    from charset_normalizer import from_bytes

    matches = from_bytes(sample, cp_isolation=list(_CANDIDATES))
    coherence: dict[str, float] = {}
    for match in matches:
        for name in match.could_be_from_charset:
            coherence.setdefault(name, match.coherence)
    best = matches.best()
    by_statistics = [name for name in coherence if name not in _LATIN]
    by_letters = sorted(
        (name for name in _LATIN if _misfits(sample, name) is not None),
        key=lambda name: (_misfits(sample, name), -round(coherence.get(name, 0.0), 1), _LATIN.index(name)),
    )
    foreign = best is not None and not set(best.could_be_from_charset).intersection(_LATIN)
    return by_statistics + by_letters if foreign else by_letters + by_statistics


def _misfits(sample: bytes, encoding: str) -> int | None:
    """How many characters stand where no letter of a name could, or None where bytes have no meaning."""
    try:
        text = sample.decode(encoding)
    except UnicodeDecodeError:
        return None
    return sum(_misfit(*three) for three in _windows(text))


def _misfit(before: str, character: str, after: str) -> bool:
    if character.isascii() or character in _TYPOGRAPHY:
        return False
    if character.isalpha():
        return character.isupper() and (before.islower() or (before.isalpha() and after.islower()))
    return before.isalpha() or after.isalpha()


def _windows(text: str) -> Iterable[tuple[str, str, str]]:
    padded = f" {text} "
    return zip(padded, padded[1:], padded[2:], strict=False)
