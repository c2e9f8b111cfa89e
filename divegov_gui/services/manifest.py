"""A manifest over a folder of files: the SHA-256 of each, and its own. One changed byte is found."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from divegov_gui.core import private_files
from divegov_gui.core.errors import InputRefused

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Pack:
    """A folder that was sealed. `seal` is the SHA-256 that the manifest itself carries."""

    folder: Path
    files: tuple[str, ...]
    seal: str


@dataclass(frozen=True)
class PackVerdict:
    """Whether a pack is as it was written; each of `problems` says in words what is not."""

    files: int
    problems: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing was changed, added or taken away."""
        return not self.problems


def make_empty(folder: Path) -> None:
    """Make the folder of a pack. Raises InputRefused where it cannot be made, or is not empty."""
    try:
        private_files.make_folder(folder)
        is_empty = not any(folder.iterdir())
    except OSError as error:
        raise InputRefused(
            f"{folder} cannot be written.", (error.strerror or str(error)) + ".", "Choose another folder."
        ) from error
    if not is_empty:
        raise InputRefused(
            f"{folder} is not empty.",
            "A pack is all that its folder holds, so that what is added is found.",
            "Choose a new folder.",
        )


def seal_folder(folder: Path, title: str, made_at: str) -> Pack:
    """Write the manifest over everything that is in the folder."""
    names = sorted(path.name for path in folder.iterdir())
    manifest: dict[str, Any] = {
        "manifest": 1,
        "title": title,
        "made_at": made_at,
        "files": [
            {"name": name, "bytes": (folder / name).stat().st_size, "sha256": _sha256(folder / name)}
            for name in names
        ],
    }
    manifest["seal"] = seal_of(manifest)
    private_files.write_text(folder / MANIFEST, as_json(manifest))
    return Pack(folder, (*names, MANIFEST), manifest["seal"])


def verify_pack(place: Path) -> PackVerdict:
    """Whether a pack (its folder, or its manifest) is as it was written. Raises InputRefused where it is none."""
    folder = place if place.is_dir() else place.parent
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        listed: dict[str, str] = {one["name"]: one["sha256"] for one in manifest["files"]}
        seal = manifest["seal"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputRefused(
            f"{place} is no evidence pack.",
            "It has no manifest that can be read.",
            "Choose the pack's folder.",
        ) from error
    problems = [] if seal == seal_of(manifest) else ["The manifest was changed."]
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {MANIFEST}
    problems += [f"{name} is missing." for name in sorted(listed.keys() - there)]
    problems += [f"{name} was added." for name in sorted(there - listed.keys())]
    for name in sorted(listed.keys() & there):
        if _sha256(folder / name) != listed[name]:
            problems.append(f"{name} was changed.")
    return PackVerdict(len(listed), tuple(problems))


def as_json(value: Any) -> str:
    """A value as the files of a pack have it."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def seal_of(facts: Mapping[str, Any]) -> str:
    """The SHA-256 over all facts but the seal itself."""
    return hashlib.sha256(text_without(facts, "seal").encode()).hexdigest()


def text_without(facts: Mapping[str, Any], *names: str) -> str:
    """The facts but some, in the one spelling that is sealed and signed: their names in order, no white space."""
    plain = {name: value for name, value in facts.items() if name not in names}
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        digest = hashlib.sha256()
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
