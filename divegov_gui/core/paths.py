"""Where the program finds its own files and keeps a person's."""

from __future__ import annotations

import os
from pathlib import Path

from divegov_gui.core.errors import InputRefused

_PACKAGE = Path(__file__).resolve().parents[1]


def bundled(name: str) -> Path:
    """The folder `sql_scripts` or `resources`: inside an installed wheel, or beside the package in a checkout."""
    installed = _PACKAGE / "_bundled" / name
    return installed if installed.is_dir() else _PACKAGE.parent / name


def scripts_folder(dialect: str, override: Path | None = None) -> Path:
    """The folder of the numbered scripts for `dialect` (``sqlite`` or ``sqlserver``).

    `override` is a site's own folder: the scripts stand in it or in a sub-folder named after the dialect.
    Raises InputRefused where it holds none.
    """
    base = override if override is not None else bundled("sql_scripts")
    for folder in (base / dialect, base):
        if folder.is_dir() and any(folder.glob("[0-9][0-9]_*.sql")):
            return folder
    raise InputRefused(
        f"No numbered scripts for {dialect} in {base}.",
        hint="Give a folder that holds 01_….sql to 06_….sql, or one with a sub-folder named after the dialect.",
    )


def data_folder() -> Path:
    """The person's data folder for this program; DIVEGOV_HOME moves it (tests and portable use)."""
    moved = os.environ.get("DIVEGOV_HOME")
    if moved:
        return Path(moved)
    from platformdirs import user_data_path

    return user_data_path("DiveGov Steward", appauthor=False)


def default_workspace() -> Path:
    """The workspace that opens when a person names none."""
    return data_folder() / "workspace.db"


def config_folder() -> Path:
    """The person's folder for what is set and kept apart from data; DIVEGOV_HOME moves it too."""
    moved = os.environ.get("DIVEGOV_HOME")
    if moved:
        return Path(moved) / "config"
    from platformdirs import user_config_path

    return user_config_path("DiveGov Steward", appauthor=False)
