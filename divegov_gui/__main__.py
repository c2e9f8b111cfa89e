"""The program's door: opens the window, or hands the command line over; each brings in what it needs alone."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from divegov_gui.services.profiles import Profile
    from divegov_gui.services.servers import Place


def main() -> None:
    """Run `divegov` with the process's arguments; exits with the command's code.

    The window alone does without the command line, which takes its time to be brought in.
    """
    if sys.argv[1:] in ([], ["app"]):  # "app" is what the desktop's entry says
        sys.exit(_open_alone())
    from divegov_gui import cli

    sys.exit(cli.run(sys.argv[1:], cli.Faces(open_window=_open_window, save_pages=_save_pages)))


def _open_alone() -> int:
    """Open the window on one's own workspace; an error is told as the command line tells it."""
    from divegov_gui.core.errors import DiveGovError
    from divegov_gui.services.connections import local_workspace

    try:
        return _open_window(local_workspace(), None, None)
    except DiveGovError as error:
        from divegov_gui import cli

        return cli.tell_error(error)


def _open_window(target: Place | Profile, scripts: Path | None, page: str | None) -> int:
    gc.disable()  # a start makes no garbage; the window sees to it that it is collected again
    return int(_window().run(target, scripts, page))


def _window() -> ModuleType:
    from divegov_gui import app

    return app


def _save_pages(place: Place, folder: Path, sizes: list[tuple[int, int]]) -> list[Path]:
    from divegov_gui import app

    return app.save_pages(place, folder, sizes)


if __name__ == "__main__":
    main()
