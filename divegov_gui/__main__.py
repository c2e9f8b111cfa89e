"""The program's door: hands the command line over, and brings Qt in only where a window is wanted."""

from __future__ import annotations

import sys
from pathlib import Path

from divegov_gui import cli
from divegov_gui.services.profiles import Profile
from divegov_gui.services.servers import Place


def main() -> None:
    """Run `divegov` with the process's arguments; exits with the command's code."""
    sys.exit(cli.run(sys.argv[1:], cli.Faces(open_window=_open_window, save_pages=_save_pages)))


def _open_window(target: Place | Profile, scripts: Path | None, page: str | None) -> int:
    from divegov_gui import app

    return app.run(target, scripts, page)


def _save_pages(place: Place, folder: Path, sizes: list[tuple[int, int]]) -> list[Path]:
    from divegov_gui import app

    return app.save_pages(place, folder, sizes)


if __name__ == "__main__":
    main()
