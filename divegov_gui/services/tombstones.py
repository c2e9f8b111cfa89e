"""By what an erased person is known again: keyed hashes of what identified them, and the key, kept apart.

A plain hash of an email is no secret: whoever has the address can compute it. HMAC-SHA256 (RFC 2104) with a key that is
not in the database tells nobody anything. The key is in the operating system's keyring, or where there is none in a
file of the person's configuration folder; never in a workspace.
"""

from __future__ import annotations

import hashlib
import hmac
import importlib
import os
import secrets
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from divegov_gui.core import private_files
from divegov_gui.core.errors import InputRefused
from divegov_gui.core.paths import config_folder
from divegov_gui.core.records import RawRecord
from divegov_gui.core.spelling import folded
from divegov_gui.database.session import Session

SERVICE = "DiveGov Steward"
_NAME = "erasure key"
_BYTES = 32
IDENTIFYING = ("Email", "First_Name", "Last_Name", "Date_Of_Birth")
"""By what a person is known again, in the order of `Identities.of`."""
Values = Mapping[str, str | None]


class ErasureKey:
    """The key. `backend` stands in for the keyring module in tests; `folder` is where the file is kept."""

    def __init__(self, backend: Any = None, folder: Path | None = None) -> None:
        self._backend = backend
        self._file = (folder if folder is not None else config_folder()) / "erasure.key"

    def find(self) -> Identities | None:
        """The key of this person at this computer, or None where none was made yet."""
        given = os.environ.get("DIVEGOV_ERASURE_KEY") or self._from_keyring() or self._from_file()
        return None if given is None else Identities(_as_key(given))

    def find_or_make(self) -> Identities:
        """The same; a new key is made and kept where there is none."""
        found = self.find()
        if found is not None:
            return found
        key = secrets.token_hex(_BYTES)
        if not self._into_keyring(key):
            self._into_file(key)
        return Identities(_as_key(key))

    def _keyring(self) -> Any:
        """The keyring module; none where the program's folder was moved, so that the key moves along."""
        if self._backend is not None:
            return self._backend
        return None if os.environ.get("DIVEGOV_HOME") else importlib.import_module("keyring")

    def _from_keyring(self) -> str | None:
        keyring = self._keyring()
        try:
            return keyring.get_password(SERVICE, _NAME) if keyring else None
        except Exception:  # noqa: BLE001 a keyring may fail in any way of its own; then there is the file
            return None

    def _into_keyring(self, key: str) -> bool:
        keyring = self._keyring()
        try:
            if keyring:
                keyring.set_password(SERVICE, _NAME, key)
        except Exception:  # noqa: BLE001 the same
            return False
        return self._from_keyring() == key

    def _from_file(self) -> str | None:
        try:
            return self._file.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return None

    def _into_file(self, key: str) -> None:
        private_files.make_folder(self._file.parent)
        with os.fdopen(os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(key)


class Identities:
    """Keyed hashes of identities. Each begins with the key's own mark, so that another key is told from a stranger."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self.mark = hashlib.sha256(b"divegov erasure key\n" + key).hexdigest()[:8]

    def __repr__(self) -> str:
        return f"Identities(mark={self.mark!r})"

    def of(self, email: str | None, first: str | None, last: str | None, born: str | None) -> list[str]:
        """The hashes of a person: of the email, and of the full name with the date of birth; each in every spelling.

        A hash of an earlier spelling cannot be computed anew once the person is erased, so all are told, and kept.
        """
        values = [each or "" for each in (email, first, last, born)]
        said: dict[str, None] = {}
        for spell in _SPELLINGS if not all(map(str.isascii, values)) else (folded,):
            at, *named = map(spell, values)
            if "@" in at:
                said[f"email\n{at}"] = None
            if all(named):
                said["\n".join(("person", *named))] = None
        return [self.hash(text) for text in said]

    def of_records(self, records: Iterable[RawRecord]) -> Iterator[tuple[int, str]]:
        """Source row and hash, for each identity of each record."""
        for r in records:
            for each in self.of(r.email, r.first_name, r.last_name, r.date_of_birth):
                yield r.source_row, each

    def hash(self, text: str) -> str:
        """One keyed hash."""
        return f"{self.mark}:{hmac.digest(self._key, text.encode('utf-8', 'replace'), 'sha256').hex()}"

    def is_hash(self, claimed: object, text: str) -> bool:
        """Whether `claimed` is the keyed hash of a text."""
        return hmac.compare_digest(str(claimed).encode(), self.hash(text).encode())


def needed(session: Session, key: ErasureKey | None = None) -> Identities | None:
    """What arriving records are to be compared by; None where nobody was erased here.

    Raises InputRefused where people were erased with a key that is not on this computer: they would not be known again.
    """
    marks = _marks(session)
    found = watching(marks, key)
    if found is None and marks:
        raise InputRefused(
            "People were erased here, and the key by which they are known again is not on this computer.",
            "Without it an erased person could come back unseen. Nothing was let in.",
            "Do it where the erasure was done, or set DIVEGOV_ERASURE_KEY to the key that is kept there.",
        )
    return found


def of_values(
    session: Session, records: Callable[[], Iterable[tuple[int, Values]]], key: ErasureKey | None = None
) -> str | None:
    """The identities of records with values that are not let in yet, as the procedures take them.

    None where nobody was erased, so that nobody is asked for; and where the key is not on this computer: then the gate
    tells (`needed`), and not each keystroke.
    """
    found = watching(_marks(session), key)
    return None if found is None else told(found, records())


def told(identities: Identities, records: Iterable[tuple[int, Values]]) -> str:
    """A JSON array of [record, keyed hash], one for each identity of each record."""
    import orjson

    hashes = [
        (number, each)
        for number, values in records
        for each in identities.of(*(values.get(column) for column in IDENTIFYING))
    ]
    return orjson.dumps(hashes).decode()


def watching(marks: set[str], key: ErasureKey | None = None) -> Identities | None:
    """The key that all who were erased are known by; None where nobody was, or it is not on this computer."""
    found = (key or ErasureKey()).find() if marks else None
    return found if found is not None and marks == {found.mark} else None


def _marks(session: Session) -> set[str]:
    return {row["Key_Mark"] for row in session.select("Erasure_Register", ["Key_Mark"])}


def _earlier(text: str) -> str:
    """How texts were spelt at first: some capitals with two accents, and signs that nobody sees, made a difference."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


_SPELLINGS: tuple[Callable[[str], str], ...] = (folded, _earlier)
"""The present one first. Nearly every text is the same in both, and plain ASCII is always."""


def _as_key(text: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != _BYTES:
        raise InputRefused(
            "The erasure key is damaged.",
            f"It is {_BYTES * 2} hexadecimal digits.",
            "Restore it from a backup of the keyring or of the file erasure.key.",
        )
    return key
