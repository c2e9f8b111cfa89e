"""What an inspection finds out about a file, and how the readers hand their tables on."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple, Protocol

from divegov_gui.core.progress import CancelToken, Progress, ProgressSink, no_progress
from divegov_gui.services.files.limits import BLOCK

FileFormat = Literal["csv", "xlsx", "json", "jsonl"]
Row = Sequence[str | None]


class Fingerprint(NamedTuple):
    """What the file system says of a file; when it differs, somebody wrote to the file."""

    size: int
    modified_ns: int

    @classmethod
    def of(cls, path: Path) -> Fingerprint:
        """The fingerprint of the file at `path` as it is now."""
        stat = os.stat(path)  # noqa: PTH116 - follows links, as reading does
        return cls(stat.st_size, stat.st_mtime_ns)


@dataclass(frozen=True)
class SourceFile:
    """A file that was read whole and can be taken; a person maps its columns next."""

    path: Path
    name: str
    format: FileFormat
    encoding: str | None
    """Python's name of the encoding; None for a workbook."""
    delimiter: str | None
    sheet: str | None
    columns: tuple[str, ...]
    row_count: int
    preview: tuple[tuple[str | None, ...], ...] = field(repr=False)
    content_sha256: str
    size: int
    modified_ns: int
    """When the file was last written, in nanoseconds since 1970."""
    notes: tuple[str, ...] = ()
    """Plain sentences about what was decided while reading."""
    positions: tuple[int, ...] = ()
    """Where each column stands in the file's own rows, from 0."""
    kept: tuple[tuple[str | None, ...], ...] | None = field(default=None, repr=False, compare=False)
    """The rows themselves, where they were asked for and are few enough (see `inspect_file`)."""

    @property
    def fingerprint(self) -> Fingerprint:
        """Size and time of writing at the inspection."""
        return Fingerprint(self.size, self.modified_ns)


@dataclass(frozen=True)
class Survey:
    """What a reader learns from going through its table once, from the first row to the last."""

    columns: tuple[str, ...]
    positions: tuple[int, ...]
    row_count: int
    preview: tuple[tuple[str | None, ...], ...]
    notes: tuple[str, ...]
    kept: tuple[tuple[str | None, ...], ...] | None = None
    """Every row, where they were to be kept."""


@dataclass(frozen=True)
class Watch:
    """Where a reader reports how far it is, and where it hears that it is to stop."""

    progress: ProgressSink = no_progress
    cancel: CancelToken | None = None

    def at(self, stage: str, done: int, total: int | None = None) -> None:
        """Stop if somebody asked for it, else report."""
        if self.cancel is not None:
            self.cancel.raise_if_cancelled()
        self.progress(Progress(stage, done, total))


class Table(Protocol):
    """One format's way of reading: once to learn what is there, then as often as needed to take it."""

    def survey(self, watch: Watch) -> Survey:
        """Go through the whole table; raises InputRefused where a row cannot be read."""
        ...

    def rows(self, columns: Sequence[str], positions: Sequence[int]) -> Iterator[Row]:
        """The records in order, each with its values in the order of `columns`."""
        ...


def sha256_of(path: Path, watch: Watch | None = None) -> str:
    """SHA-256 of the file's bytes, in hex; of a file that grows meanwhile, of what was there to be read."""
    watch = watch or Watch()
    digest, done, total = hashlib.sha256(), 0, path.stat().st_size
    with path.open("rb") as stream:
        while done <= total and (block := stream.read(BLOCK)):  # a file that grows meanwhile has no end
            digest.update(block)
            done += len(block)
            watch.at("Checking the file", done, total)
    return digest.hexdigest()
