"""The program's door: hands the command line over, and brings Qt in only where a window is wanted."""

from __future__ import annotations

import sys
from pathlib import Path

from divegov_gui import cli


def main() -> None:
    """Run `divegov` with the process's arguments; exits with the command's code."""
    sys.exit(cli.run(sys.argv[1:], cli.Faces(open_window=_open_window, save_pages=_save_pages)))


def _open_window(workspace: Path | None, scripts: Path | None, page: str | None) -> int:
    from divegov_gui import app

    return app.run(workspace, scripts, page)


def _save_pages(workspace: Path, folder: Path, sizes: list[tuple[int, int]]) -> list[Path]:
    from divegov_gui import app

    return app.save_pages(workspace, folder, sizes)


if __name__ == "__main__":
    main()
