"""The errors that a person is told about; everything else that is raised is a bug.

Each carries three sentences for a human being: what happened (`title`), why (`detail`) and what to do
(`hint`). None may carry a secret or a diver's data.
"""

from __future__ import annotations

from dataclasses import dataclass


class DiveGovError(Exception):
    """Something outside the program's own code went wrong, and a person can do something about it.

    `exit_code` is what the headless face ends with, and `options` is how one does there what the hint says:
    ``--encoding utf-8``. A window shows no options.
    """

    exit_code = 1

    def __init__(self, title: str, detail: str = "", hint: str = "", *, options: str = "") -> None:
        super().__init__(title)
        self.title = title
        self.detail = detail
        self.hint = hint
        self.options = options

    def __str__(self) -> str:
        return " ".join(part for part in (self.title, self.detail) if part)


class InputRefused(DiveGovError):
    """A file or a value that a person brought cannot be taken; nothing of it was."""

    exit_code = 3


class ConnectionFailed(DiveGovError):
    """The database cannot be opened, reached or understood."""

    exit_code = 4


class DeploymentFailed(DiveGovError):
    """A script did not apply; it was rolled back whole.

    `script` is its file's name and `line` (from 1) where it stopped; empty and 0 where that is not known.
    """

    exit_code = 5

    def __init__(
        self, title: str, detail: str = "", hint: str = "", *, script: str = "", line: int = 0
    ) -> None:
        super().__init__(title, detail, hint)
        self.script = script
        self.line = line


class Refused(DiveGovError):
    """The database refused the action by one of its own rules."""

    exit_code = 6


class KnownAgain(Refused):
    """A diver would become somebody who was erased; it may be waived where they have come back."""


@dataclass(frozen=True)
class ConflictFacts:
    """Of which record a conflict tells (the first, where it is `count` of them), who was faster, and when (UTC).

    `what`: changed, status (closed or reopened: `status` says which it is now), claimed, or later edit.
    """

    record: int | None = None
    what: str = ""
    who: str | None = None
    when: str | None = None
    status: str | None = None
    count: int = 1


class Conflict(DiveGovError):
    """What was to be changed has changed since it was read; `facts` is what a program may want to know of it."""

    exit_code = 7

    def __init__(
        self,
        title: str,
        detail: str = "",
        hint: str = "",
        *,
        facts: ConflictFacts | None = None,
        options: str = "",
    ) -> None:
        super().__init__(title, detail, hint, options=options)
        self.facts = facts or ConflictFacts()


class Cancelled(DiveGovError):
    """The person stopped the work."""

    exit_code = 130

    def __init__(self, title: str = "Stopped.", detail: str = "", hint: str = "") -> None:
        super().__init__(title, detail, hint)
