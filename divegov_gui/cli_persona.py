"""What the commands on divers and on privacy share: a session as a role, and instants as a person writes them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from divegov_gui.cli_support import existing, open_session, refuse_undeployed
from divegov_gui.services.connections import Workspace

if TYPE_CHECKING:
    from divegov_gui.database.session import Session
    from divegov_gui.services.papers import MakePdf

StewardOption = Annotated[
    str,
    typer.Option(
        "--as",
        metavar="ROLE",
        help="In a local workspace: data_steward, compliance_officer or data_analyst. A server knows who you are.",
    ),
]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; it is kept.", prompt=False)]
DiverArgument = Annotated[int, typer.Argument(metavar="DIVER", help="The diver's number.")]


@contextmanager
def session_as(role: str, workspace: Path | None, profile: str | None) -> Iterator[Session]:
    """A session with a deployed database; `role` is the persona where that is a local workspace."""
    place = existing(workspace, profile)
    if isinstance(place, Workspace):
        place = replace(place, role=role)
    with open_session(place) as session:
        refuse_undeployed(session)
        yield session


def paper_maker() -> MakePdf | None:
    """Writes papers as PDF, as the window does; None, with a word on stderr, where Qt cannot be loaded."""
    try:
        from divegov_gui.ui.paper import write_paper
    except ImportError as error:
        print(f"divegov: No PDF is written: Qt cannot be loaded here ({error}).", file=sys.stderr)
        return None
    return write_paper


def instant(text: str) -> str:
    """An instant as the database has it, from what a person writes: a day, or a time with or without an offset.

    A time without an offset is UTC, as everything that the command line prints. Raises BadParameter.
    """
    try:
        when = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    except ValueError as error:
        raise typer.BadParameter(
            f"{text!r} is no time: write 2026-05-17, '2026-05-17 14:30' or 2026-05-17T14:30+02:00"
        ) from error
    if when.tzinfo is not None:
        when = when.astimezone(timezone.utc)
    return when.strftime("%Y-%m-%d %H:%M:%S.%f")
