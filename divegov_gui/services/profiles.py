"""The places that a person works in, by name: the local workspace and SQL Servers. Never a password.

They are one JSON file in the data folder. What a newer program wrote into it is kept, also where it is not understood.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timezone
from enum import Enum
from pathlib import Path
from typing import Any

from divegov_gui.core import private_files
from divegov_gui.core.errors import InputRefused
from divegov_gui.core.paths import data_folder
from divegov_gui.database.odbc_profile import (
    AUTHENTICATION_CHOICES,
    ENCRYPTION_CHOICES,
    TRUST_CHOICE,
    Authentication,
    Choice,
    Encryption,
    SqlServerProfile,
    split_address,
)

__all__ = [
    "AUTHENTICATION_CHOICES",
    "ENCRYPTION_CHOICES",
    "TRUST_CHOICE",
    "Authentication",
    "Choice",
    "Encryption",
    "Kind",
    "Profile",
    "ProfileStore",
    "SqlServerProfile",
    "split_address",
]

FILE_VERSION = 1

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SECRET = re.compile(r"pass|pwd|secret|token|credential", re.IGNORECASE)
_ENUMS: dict[str, type[Enum]] = {"authentication": Authentication, "encryption": Encryption}
_TYPES = {"port": int, "login_timeout": int, "query_timeout": int, "trust_certificate": bool}
_KNOWN = frozenset({"id", "name", "kind", "favourite", "last_used", "workspace", "sqlserver"})


class Kind(Enum):
    """What a profile opens."""

    LOCAL = "local"
    SQLSERVER = "sqlserver"


@dataclass(frozen=True)
class Profile:
    """One place. `workspace` is the file of a local one, `server` the other kind's. `last_used` is UTC.

    `profile_id` stays when the name changes; passwords are kept under it. `extra` is what a newer program wrote.
    """

    name: str
    kind: Kind
    workspace: Path | None = None
    server: SqlServerProfile | None = None
    favourite: bool = False
    last_used: str | None = None
    profile_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def label(self) -> str:
        """Where it leads, in a few words."""
        return self.server.label if self.server is not None else str(self.workspace)

    def check(self) -> None:
        """Raise InputRefused where this cannot be."""
        if not self.name.strip() or len(self.name) > 80 or _CONTROL.search(self.name):
            raise InputRefused(
                "A profile needs a name.", "It may have 80 characters, none of them a control character."
            )
        if (self.server is None) is (self.kind is Kind.SQLSERVER) or (self.workspace is None) is (
            self.kind is Kind.LOCAL
        ):
            raise InputRefused(f"The profile {self.name} says neither a workspace nor a server, or both.")
        if self.server is not None:
            self.server.check()


class ProfileStore:
    """The file of profiles. Every change reads it anew and replaces it whole, so that it is never half written."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path if path is not None else data_folder() / "profiles.json"

    def all(self) -> list[Profile]:
        """Every profile that this program understands: favourites first, then the last used, then by name."""
        profiles = self._read()[1]
        profiles.sort(key=lambda p: p.name.casefold())
        profiles.sort(key=lambda p: p.last_used or "", reverse=True)
        profiles.sort(key=lambda p: not p.favourite)
        return profiles

    def find(self, name: str) -> Profile:
        """The profile of that name, in whatever letter case. Raises InputRefused."""
        profiles = self.all()
        for profile in profiles:
            if profile.name.casefold() == name.strip().casefold():
                return profile
        known = ", ".join(p.name for p in profiles)
        raise InputRefused(
            f"There is no profile “{name}”.",
            f"There are: {known}." if known else "None is saved yet.",
            "divegov profile list shows them; divegov profile add makes one.",
        )

    def add(self, profile: Profile) -> Profile:
        """Keep a new profile. Raises InputRefused where its name is taken."""
        profile.check()
        document, profiles = self._read()
        _refuse_taken(profile, profiles)
        self._write(document, [*profiles, profile])
        return profile

    def edit(self, profile: Profile) -> Profile:
        """Put `profile` in the place of the one with its id. Raises InputRefused."""
        profile.check()
        document, profiles = self._read()
        _refuse_taken(profile, profiles)
        if all(p.profile_id != profile.profile_id for p in profiles):
            raise InputRefused(f"The profile {profile.name} was deleted meanwhile.")
        self._write(document, [profile if p.profile_id == profile.profile_id else p for p in profiles])
        return profile

    def rename(self, profile: Profile, name: str) -> Profile:
        """Give it another name; its password stays with it."""
        return self.edit(replace(profile, name=name.strip()))

    def duplicate(self, profile: Profile) -> Profile:
        """A copy under a free name, without the password, neither favourite nor used."""
        names = {p.name.casefold() for p in self._read()[1]}
        copy = replace(
            profile,
            name=_free_name(profile.name, names),
            profile_id=uuid.uuid4().hex,
            favourite=False,
            last_used=None,
        )
        return self.add(copy)

    def delete(self, profile: Profile) -> None:
        """Forget a profile. What it leads to stays as it is."""
        document, profiles = self._read()
        self._write(document, [p for p in profiles if p.profile_id != profile.profile_id])

    def mark_used(self, profile: Profile) -> Profile:
        """Note that it was opened just now."""
        return self.edit(replace(profile, last_used=datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M:%S")))

    def export(self, target: Path, profiles: Iterable[Profile] | None = None) -> int:
        """Write profiles (all by default) to a file for other people; returns how many. No secret, no habits in it."""
        chosen = list(self.all() if profiles is None else profiles)
        values = [_without_secrets(_to_json(replace(p, last_used=None, favourite=False))) for p in chosen]
        for value in values:
            del value["id"]
        _write_file(target, {"version": FILE_VERSION, "profiles": values})
        return len(chosen)

    def import_from(self, source: Path) -> list[Profile]:
        """Add the profiles of an exported file; a name that is taken gets a number. Secrets in it are not taken.

        Raises InputRefused, and then nothing was added.
        """
        document = _read_file(source)
        own, profiles = self._read()
        names = {p.name.casefold() for p in profiles}
        added = []
        for value in document["profiles"]:
            profile = _from_json(_without_secrets(value), source)
            if profile is None:
                raise InputRefused(f"{source.name} has a profile that this program does not understand.")
            profile = replace(profile, profile_id=uuid.uuid4().hex, last_used=None)
            if profile.name.casefold() in names:
                profile = replace(profile, name=_free_name(profile.name, names))
            profile.check()
            names.add(profile.name.casefold())
            added.append(profile)
        self._write(own, [*profiles, *added])
        return added

    def _read(self) -> tuple[dict[str, Any], list[Profile]]:
        if not self.path.exists():
            return {"version": FILE_VERSION, "profiles": []}, []
        document = _read_file(self.path)
        read = [_from_json(value, self.path) for value in document["profiles"]]
        return document, [profile for profile in read if profile is not None]

    def _write(self, document: dict[str, Any], profiles: Iterable[Profile]) -> None:
        """The file anew: what this program understands, then the entries that it does not."""
        strange = [v for v in document["profiles"] if _from_json(v, self.path) is None]
        _write_file(self.path, document | {"profiles": [*map(_to_json, profiles), *strange]})


# -- names ----------------------------------------------------------------------------------------------------


def _refuse_taken(profile: Profile, profiles: Iterable[Profile]) -> None:
    for other in profiles:
        if other.profile_id != profile.profile_id and other.name.casefold() == profile.name.casefold():
            raise InputRefused(f"There is a profile “{other.name}” already.", hint="Choose another name.")


def _free_name(name: str, taken: set[str]) -> str:
    base = re.sub(r" \(\d+\)\Z", "", name)[:72]
    number = 2
    while f"{base} ({number})".casefold() in taken:
        number += 1
    return f"{base} ({number})"


# -- JSON -----------------------------------------------------------------------------------------------------


def _to_json(profile: Profile) -> dict[str, Any]:
    value: dict[str, Any] = {k: v for k, v in profile.extra.items() if k != "sqlserver"}
    value |= {"id": profile.profile_id, "name": profile.name, "kind": profile.kind.value}
    value |= {"favourite": profile.favourite, "last_used": profile.last_used}
    if profile.workspace is not None:
        value["workspace"] = str(profile.workspace)
    if profile.server is not None:
        value["sqlserver"] = dict(profile.extra.get("sqlserver", {})) | _server_to_json(profile.server)
    return value


def _server_to_json(server: SqlServerProfile) -> dict[str, Any]:
    plain = {f.name: getattr(server, f.name) for f in fields(server)}
    return {name: value.value if isinstance(value, Enum) else value for name, value in plain.items()}


def _from_json(value: Any, path: Path) -> Profile | None:
    """A profile, or None where it is of a kind, or has a choice, that only a newer program knows."""
    if not isinstance(value, dict) or not isinstance(value.get("name"), str):
        raise InputRefused(f"{path.name} has a profile without a name.", "It was left as it is.")
    try:
        kind = Kind(value.get("kind"))
        server, strange = _server_from_json(value["sqlserver"]) if kind is Kind.SQLSERVER else (None, {})
    except (KeyError, ValueError, TypeError):
        return None
    extra = {name: v for name, v in value.items() if name not in _KNOWN}
    if strange:
        extra["sqlserver"] = strange
    return Profile(
        name=value["name"],
        kind=kind,
        workspace=Path(str(value.get("workspace"))) if kind is Kind.LOCAL else None,
        server=server,
        favourite=bool(value.get("favourite", False)),
        last_used=value.get("last_used"),
        profile_id=str(value.get("id") or uuid.uuid5(uuid.NAMESPACE_OID, value["name"]).hex),
        extra=extra,
    )


def _server_from_json(value: Mapping[str, Any]) -> tuple[SqlServerProfile, dict[str, Any]]:
    known = {f.name for f in fields(SqlServerProfile)}
    given: dict[str, Any] = {
        name: _ENUMS[name](v) if name in _ENUMS else v for name, v in value.items() if name in known
    }
    for name, v in given.items():
        if name not in _ENUMS and type(v) is not _TYPES.get(name, str) and not (name == "port" and v is None):
            raise TypeError(name)
    return SqlServerProfile(**given), {name: v for name, v in value.items() if name not in known}


def _without_secrets(value: Any) -> Any:
    """A copy without any entry that is called like a secret, at whatever depth."""
    if isinstance(value, dict):
        return {k: _without_secrets(v) for k, v in value.items() if not _SECRET.search(k)}
    return [_without_secrets(v) for v in value] if isinstance(value, list) else value


def _read_file(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InputRefused(
            f"{path} cannot be read.",
            f"{type(error).__name__}: it is no file of profiles. It was left as it is.",
            "Correct it or move it away; the program then begins a new one.",
        ) from error
    if not isinstance(document, dict) or not isinstance(document.get("profiles"), list):
        raise InputRefused(f"{path} is no file of profiles.", "It was left as it is.")
    return document


def _write_file(path: Path, document: Mapping[str, Any]) -> None:
    """Write beside it, then put it in its place: readers see the old file or the new one. Only its owner reads it."""
    try:
        private_files.make_folder(path.parent)
        handle, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            json.dump(document, file, ensure_ascii=False, indent=2)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        Path(beside).replace(path)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        Path(beside).unlink(missing_ok=True)


def _unwritable(path: Path, error: OSError) -> InputRefused:
    return InputRefused(
        f"{path} cannot be written.", f"{error.strerror or error}.", "Check its folder and its disk."
    )
