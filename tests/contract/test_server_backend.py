"""Whether the contract was asked of a SQL Server; and, with a pyodbc that has no driver, how it would be."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from backends import CONNECTION_STRING
from gates import Gate
from server_backend import COLLATION, Server, SqlServerBackend

from divegov_gui.database.tsql_batches import split_batches

SCRIPTS = sorted((Path(__file__).parents[2] / "sql_scripts" / "sqlserver").glob("*.sql"))
LOGIN = "DRIVER={ODBC Driver 18 for SQL Server};SERVER=localhost;DATABASE=tempdb;UID=sa;PWD=secret"


@pytest.mark.skipif(
    not CONNECTION_STRING,
    reason="the contract was asked of SQLite only: DIVEGOV_TEST_SQLSERVER holds no connection string (CONTRIBUTING.md)",
)
def test_the_contract_is_asked_of_a_sql_server(server: Server) -> None:
    ((major,),) = server.execute("master", "SELECT CONVERT(INT, SERVERPROPERTY(N'ProductMajorVersion'))")
    assert major >= 16 or server.execute("master", "SELECT SERVERPROPERTY(N'EngineEdition')")[0][0] in (5, 8)


class Played:
    """A server that takes everything, keeps the journal, and knows a few tables."""

    def __init__(self, fake: ModuleType) -> None:
        self._result = fake.Result
        self.odbc = fake.Odbc(self._answer)
        self.journal: list[list[Any]] = []

    def statements(self, part: str) -> list[str]:
        return [text for text, _ in self.odbc.statements if part in text]

    def _answer(self, text: str, values: list[Any]) -> Any:
        if "INSERT INTO Governance.Schema_Script" in text:
            self.journal.append([*values[:2], "2026-01-01 00:00:00.000000", "sa", *values[2:]])
        rows = next((rows for part, rows in self._rows(values) if part in text), [])
        names = ["Batch_ID", *(f"column {n}" for n in range(9))]
        return self._result(names[: len(rows[0]) if rows else 1], rows)

    def _rows(self, values: list[Any]) -> list[tuple[str, list[Any]]]:
        return [
            ("AS Records", [(None, None, 1, None)]),
            ("fn_my_permissions", [("CONTROL",)]),
            ("N'ProductVersion'", [("16.0.4125.3", "Developer Edition (64-bit)", 3, 160, "own", "[own]")]),
            ("Governance.Record_Schema", [(None,)]),
            ("HAS_PERMS_BY_NAME", [("table" if self.journal else None,)]),
            ("FROM Governance.Schema_Script", self.journal[-1:] if values else self.journal),
            ("sys.database_files", [("own", "/var/opt/mssql/data/own.mdf")]),
            ("sys.objects", [("Diver", "dbo"), ("Quality_Rule", "Governance"), ("Batch_Summary", "Staging")]),
            ("sys.columns WHERE", [("Batch_ID",), ("Status",)]),
            ("JOIN sys.columns", [("dbo", "Diver", "Diver_ID"), ("dbo", "Diver", "Valid_To")]),
            ("FROM [dbo].[Diver]", [(2, "9999"), (1, "9999")]),
            ("ORIGINAL_LOGIN() ", []),
            ("SELECT ORIGINAL_LOGIN()", [("sa",)]),
            ("EXECUTE [Staging].[Open_Batch]", [(7,)]),
            ("sys.procedures", [("Staging", "Open_Batch", f"@{name}") for name in OPEN_BATCH]),
        ]


OPEN_BATCH = "Source_Name", "Source_Kind", "Content_Hash", "Declared_Count", "Again"


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> Played:
    import fake_odbc

    return Played(fake_odbc)


@pytest.fixture
def stage(played: Played) -> Server:
    return Server(LOGIN, played.odbc)


def databases(played: Played) -> list[str]:
    """The database that each connection was made with."""
    return [text.partition(";")[0].removeprefix("DATABASE=") for text, _ in played.odbc.connects]


def test_a_test_gets_a_database_of_its_own_with_every_script_applied(played: Played, stage: Server) -> None:
    name = stage.lend()
    assert played.odbc.statements[0][0] == f"CREATE DATABASE [{name}] COLLATE {COLLATION}"
    assert databases(played)[:2] == ["master", name]
    wanted = [batch.text for path in SCRIPTS for batch in split_batches(path.read_text(encoding="utf-8"))]
    ran = [text for text, _ in played.odbc.statements]
    assert [text for text in ran if text in set(wanted)] == wanted
    assert [row[0] for row in played.journal] == [path.name for path in SCRIPTS]
    assert (
        played.statements("ADD MEMBER [test")[0] == "ALTER ROLE [data_steward] ADD MEMBER [test_data_steward]"
    )
    assert played.statements("AS SNAPSHOT OF") == [
        f"CREATE DATABASE [{name}_snapshot] ON (NAME = [own], FILENAME = N'/var/opt/mssql/data/own.mdf.ss') "
        f"AS SNAPSHOT OF [{name}]"
    ]


def test_a_database_whose_sessions_are_closed_is_put_back_and_lent_again(
    played: Played, stage: Server
) -> None:
    first = SqlServerBackend(stage)
    one, other = first.open(), first.open()
    one.close()
    assert SqlServerBackend(stage)._name != first._name, "another session still works in it"
    other.close()
    other.close()
    played.odbc.statements.clear()
    assert SqlServerBackend(stage)._name == first._name
    assert [text for text, _ in played.odbc.statements] == [
        f"ALTER DATABASE [{first._name}] SET SINGLE_USER WITH ROLLBACK IMMEDIATE",
        f"RESTORE DATABASE [{first._name}] FROM DATABASE_SNAPSHOT = N'{first._name}_snapshot'",
        f"ALTER DATABASE [{first._name}] SET MULTI_USER",
    ]


def test_in_the_end_every_database_is_dropped_behind_its_snapshot(played: Played, stage: Server) -> None:
    names = [stage.lend(), stage.lend()]
    stage.drop_all()
    assert played.statements("DROP DATABASE") == [
        text for n in names for text in (f"DROP DATABASE IF EXISTS [{n}_snapshot]", f"DROP DATABASE [{n}]")
    ]
    assert all(connection.closed for connection in played.odbc.connections)


def test_a_statement_of_a_test_names_the_tables_with_their_schemas(stage: Server) -> None:
    qualified = SqlServerBackend(stage)._qualified
    assert qualified("UPDATE Diver SET Email = 'a' FROM x") == "UPDATE dbo.Diver SET Email = 'a' FROM x"
    assert qualified("SELECT 1 FROM Quality_Rule AS r\nJOIN dbo.Diver AS d ON 1 = 1") == (
        "SELECT 1 FROM Governance.Quality_Rule AS r\nJOIN dbo.Diver AS d ON 1 = 1"
    )
    assert qualified("INSERT INTO Diver (Email) VALUES (?)") == "INSERT INTO dbo.Diver (Email) VALUES (?)"


def test_a_reader_of_a_role_is_that_user_from_the_first_moment(played: Played, stage: Server) -> None:
    backend = SqlServerBackend(stage)
    played.odbc.statements.clear()
    with closing(backend.open("data_analyst")) as session:
        session.select("Batch_Summary", ["Batch_ID"])
    first, second = (text for text, _ in played.odbc.statements)
    assert first == "EXECUTE AS USER = N'test_data_analyst'"
    assert "Batch_Summary" in second


def test_another_person_is_a_login_of_the_tests_own_that_goes_with_them(
    played: Played, stage: Server
) -> None:
    backend = SqlServerBackend(stage)
    with closing(backend.open(steward="berta")):
        pass
    with closing(backend.open(steward="berta")):
        pass
    logins = [text for text, _ in played.odbc.connects if "UID=berta" in text]
    assert len(logins) == 2
    assert logins[0].index("UID=berta;PWD=") < logins[0].index("UID=sa")
    stage.drop_all()
    made = [text for text, _ in played.odbc.statements if " LOGIN [berta]" in text and "master" not in text]
    assert [text.split(" LOGIN")[0].split(" [")[0] for text in made if not text.startswith("IF")] == [
        "CREATE",
        "DROP",
    ]
    assert played.statements("ADD MEMBER [berta]")


def test_the_tests_own_questions_are_answered(stage: Server) -> None:
    backend = SqlServerBackend(stage)
    assert backend.outsider == "sa"
    assert backend.columns("Batch_Summary") == ["Batch_ID", "Status"]
    assert backend.dump() == ["[dbo].[Diver] (1, '9999')", "[dbo].[Diver] (2, '9999')"]
    assert backend.run("SELECT name FROM sys.database_files") == [("own", "/var/opt/mssql/data/own.mdf")]


def test_the_sentences_of_the_tests_reach_the_server_as_calls_of_procedures(
    played: Played, stage: Server
) -> None:
    backend = SqlServerBackend(stage)
    with closing(backend.open()) as session:
        assert Gate(backend, session).open(1) == 7
    text, values = played.odbc.statements[-1]
    assert text == (
        "EXECUTE [Staging].[Open_Batch] @Source_Name = ?, @Source_Kind = ?, @Content_Hash = ?, "
        "@Declared_Count = ?, @Again = ?;"
    )
    assert values == ["given", "file", "arrival 1", 1, 0]


def test_an_error_behind_the_first_result_is_heard(played: Played, stage: Server) -> None:
    error = played.odbc.Error("42000", "[42000] too late (50400)")
    played.odbc.server = lambda _text, _values: [played._result(), played._result(error=error)]
    with pytest.raises(played.odbc.Error):
        stage.execute("master", "UPDATE x SET y = 1")
