from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from fake_odbc import Odbc

from divegov_gui.core.errors import ConnectionFailed
from divegov_gui.database.odbc_drivers import (
    DriverKind,
    choose_driver,
    find_drivers,
    install_hint,
    load_pyodbc,
)


def test_the_newest_of_microsofts_comes_first_and_freetds_last() -> None:
    names = [
        "FreeTDS",
        "SQLite3",
        "ODBC Driver 17 for SQL Server",
        "ODBC Driver 18 for SQL Server",
        "SQL Server",
    ]
    assert [d.name for d in find_drivers(names)] == [
        "ODBC Driver 18 for SQL Server",
        "ODBC Driver 17 for SQL Server",
        "FreeTDS",
    ]


def test_a_driver_may_be_named() -> None:
    odbc = Odbc(drivers=["ODBC Driver 17 for SQL Server", "ODBC Driver 18 for SQL Server"])
    assert choose_driver(odbc, "odbc driver 17 for sql server").version == 17


def test_a_named_driver_that_is_missing_is_told_with_what_is_there() -> None:
    with pytest.raises(ConnectionFailed, match="FreeTDS"):
        choose_driver(Odbc(drivers=["FreeTDS"]), "ODBC Driver 18 for SQL Server")


@pytest.mark.parametrize(
    ("file", "kind", "version"),
    [
        ("libmsodbcsql-18.4.so.1.1", DriverKind.MICROSOFT, 18),
        ("msodbcsql17.dll", DriverKind.MICROSOFT, 17),
        ("libtdsodbc.so", DriverKind.FREETDS, 0),
        ("odd.so", DriverKind.MICROSOFT, 0),
    ],
)
def test_a_driver_may_be_the_path_of_a_library(
    tmp_path: Path, file: str, kind: DriverKind, version: int
) -> None:
    path = tmp_path / file
    path.touch()
    found = choose_driver(Odbc(drivers=[]), str(path))
    assert (found.name, found.kind, found.version) == (str(path), kind, version)


def test_a_library_that_is_not_there_is_told() -> None:
    with pytest.raises(ConnectionFailed, match="no driver library"):
        choose_driver(Odbc(), "/nowhere/libmsodbcsql-18.so")


def test_no_driver_says_what_to_install() -> None:
    with pytest.raises(ConnectionFailed, match="No ODBC driver") as caught:
        choose_driver(Odbc(drivers=["SQLite3"]))
    assert "msodbcsql18" in caught.value.hint


@pytest.mark.parametrize(
    ("system", "family", "word"),
    [
        ("Windows", "", "winget"),
        ("Darwin", "", "brew"),
        ("Linux", "debian", "apt-get"),
        ("Linux", "rhel", "dnf"),
    ],
)
def test_every_system_has_its_own_advice(system: str, family: str, word: str) -> None:
    assert word in install_hint(system, family)


@pytest.mark.parametrize(
    ("message", "title"),
    [
        ("libodbc.so.2: cannot open shared object file", "The ODBC manager"),
        ("No module named 'pyodbc'", "The Python package pyodbc"),
    ],
)
def test_without_pyodbc_or_the_manager_it_is_told_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, message: str, title: str
) -> None:
    class Finder:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "pyodbc":
                raise ImportError(message)

    monkeypatch.delitem(sys.modules, "pyodbc", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Finder(), *sys.meta_path])
    with pytest.raises(ConnectionFailed) as caught:
        load_pyodbc()
    assert caught.value.detail.startswith(title)
    assert caught.value.hint


@pytest.mark.parametrize(
    "module",
    [
        "divegov_gui.cli",
        "divegov_gui.cli_connections",
        "divegov_gui.services.connections",
        "divegov_gui.services.connection_test",
        "divegov_gui.services.profiles",
        "divegov_gui.services.passwords",
        "divegov_gui.services.servers",
    ],
)
def test_importing_it_brings_neither_a_driver_nor_sqlalchemy(module: str) -> None:
    code = (
        f"import sys, {module}; "
        "print([m for m in ('pyodbc', 'sqlalchemy', 'keyring', 'pandas', 'azure') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_local_workspace_works_where_pyodbc_cannot_be_imported(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['pyodbc'] = None\n"
        "from divegov_gui.__main__ import main\n"
        f"sys.argv = ['divegov', 'demo', '--rows', '50', '--no-window', '--workspace', {str(tmp_path / 'w.db')!r}]\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Every record is accounted for." in done.stdout
