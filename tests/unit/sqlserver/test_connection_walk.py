from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from fake_odbc import Error, Result, Running, failure
from fake_server import (
    CERTIFICATE,
    browser_answer,
    browser_that,
    closed_port,
    closing,
    greeting,
    nonsense,
    port_that,
    silent,
    strict,
)
from stage import Stage

from divegov_gui.core.errors import Cancelled, Refused
from divegov_gui.core.progress import CancelToken
from divegov_gui.database import odbc_probe
from divegov_gui.database.odbc_profile import Encryption, SqlServerProfile
from divegov_gui.services.connection_test import (
    NotInTime,
    State,
    Step,
    StepResult,
    bounded,
    create_database,
    summary,
    walk_connection,
)

LOCAL = SqlServerProfile(server="127.0.0.1", encryption=Encryption.OPTIONAL, login_timeout=5)
VERSION = ("Product_Version", "Edition", "Engine_Edition", "Compatibility_Level", "Name", "Quoted_Name")


@pytest.fixture
def server(stage: Stage) -> Stage:
    """A server on which everything is in order, as far as the driver's side goes."""
    stage.on("DB_NAME() AS", Result(("Database_Name",), [("EnterpriseDiveDB",)]))
    stage.on("N'CONTROL'", Result(("May_Deploy",), [(1,)]))
    stage.on("ORIGINAL_LOGIN", Result(tuple("abcdef"), [("anna", "anna", 0, 1, 0, 0)]))
    stage.on("HAS_PERMS_BY_NAME(N'Governance.Schema_Script", Result(("v",), [(None,)]))
    return stage


def walk(profile: SqlServerProfile, stage: Stage, **options: Any) -> dict[Step, StepResult]:
    return {r.step: r for r in walk_connection(profile, odbc=stage.odbc, **options)}


def stops_at(results: dict[Step, StepResult], step: Step) -> StepResult:
    """The one step that failed; those before are done and those behind are not tried."""
    failed = [r.step for r in results.values() if r.state is State.FAILED]
    assert failed == [step], results
    behind = list(Step)[list(Step).index(step) + 1 :]
    assert all(results[s].words == "Not tried." for s in behind)
    assert results[step].advice
    assert step.value.lower() in summary(list(results.values())).lower()
    return results[step]


def test_where_everything_is_in_order_every_step_says_so(server: Stage) -> None:
    with port_that(greeting(0)) as port:
        results = walk(replace(LOCAL, port=port), server)
    assert [r.state for r in results.values()] == [State.OK] * 9
    assert list(results) == list(Step)
    assert "2022" in results[Step.ENCRYPTION].words
    assert "Developer" in results[Step.VERSION].words
    assert "deploy" in results[Step.PERMISSIONS].words
    assert summary(list(results.values())) == "Everything works."
    assert server.odbc.log[-1] == "close", "the test leaves no connection behind"


def test_steps_are_told_as_they_are_taken(server: Stage) -> None:
    steps = walk_connection(replace(LOCAL, port=closed_port()), odbc=server.odbc)
    assert next(steps).step is Step.DRIVER
    assert server.odbc.connects == []
    steps.close()


def test_no_driver(stage: Stage) -> None:
    stage.odbc.installed = []
    assert "msodbcsql18" in stops_at(walk(LOCAL, stage), Step.DRIVER).advice


def test_a_profile_that_cannot_be(stage: Stage) -> None:
    result = next(iter(walk_connection(replace(LOCAL, server="a;b"), odbc=stage.odbc)))
    assert result.state is State.FAILED


def test_a_name_that_nobody_knows(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert "Nobody knows" in stops_at(walk(replace(LOCAL, server="nowhere"), stage), Step.NAME).words


def test_a_port_that_is_closed(stage: Stage) -> None:
    result = stops_at(walk(replace(LOCAL, port=closed_port()), stage), Step.PORT)
    assert "Nothing listens" in result.words


def test_a_port_that_takes_the_connection_and_says_nothing(stage: Stage) -> None:
    with port_that(silent) as port:
        result = stops_at(walk(replace(LOCAL, port=port, login_timeout=1), stage), Step.ENCRYPTION)
    assert "says nothing" in result.words


@pytest.mark.parametrize("talk", [nonsense, closing])
def test_a_port_that_talks_nonsense(stage: Stage, talk: Callable[[socket.socket], None]) -> None:
    with port_that(talk) as port:
        result = stops_at(walk(replace(LOCAL, port=port), stage), Step.ENCRYPTION)
    assert "not as SQL Server" in result.words


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff", b"\x00\x00", b"\x00\x00\x0b\x00\x06\xff", b"\x00\x00\x06\x00\x02\xff\x10\x00"],
)
def test_an_answer_in_the_right_packet_that_is_no_greeting(stage: Stage, body: bytes) -> None:
    packet = b"\x04\x01" + (len(body) + 8).to_bytes(2, "big") + b"\x00\x00\x01\x00" + body
    with port_that(lambda sock: sock.sendall(packet)) as port:
        stops_at(walk(replace(LOCAL, port=port), stage), Step.ENCRYPTION)


def test_a_server_that_does_not_encrypt_fails_mandatory_and_passes_optional(server: Stage) -> None:
    with port_that(greeting(2)) as port:
        mandatory = replace(LOCAL, port=port, encryption=Encryption.MANDATORY)
        assert "does not encrypt" in stops_at(walk(mandatory, server), Step.ENCRYPTION).words
        assert walk(replace(LOCAL, port=port), server)[Step.ENCRYPTION].words.endswith(
            "nothing is encrypted."
        )


def test_a_certificate_that_nobody_vouches_for(server: Stage) -> None:
    with port_that(greeting(1, tls=True)) as port:
        profile = replace(LOCAL, server="127.0.0.1", port=port, encryption=Encryption.MANDATORY)
        result = stops_at(walk(profile, server), Step.ENCRYPTION)
        assert "not trusted" in result.words
        assert "Trust the server's certificate" in result.advice
        trusting = walk(replace(profile, trust_certificate=True), server)
    assert "not checked" in trusting[Step.ENCRYPTION].words
    assert trusting[Step.SCHEMA].state is State.OK


@pytest.mark.parametrize("name", ["localhost", "other.example.org"])
def test_a_certificate_is_checked_for_the_servers_name(name: str) -> None:
    context = ssl.create_default_context(cafile=str(CERTIFICATE))
    here = [(socket.AF_INET, "127.0.0.1")]
    with port_that(greeting(1, tls=True)) as port, odbc_probe.connect(here, port, 5) as sock:
        odbc_probe.greet(sock, want_encryption=True)
        if name == "localhost":
            assert odbc_probe.encrypt_within(sock, name, trust=False, context=context).startswith("TLS")
        else:
            with pytest.raises(ssl.SSLCertVerificationError):
                odbc_probe.encrypt_within(sock, name, trust=False, context=context)


def test_strict_encryption_comes_before_the_greeting() -> None:
    context = ssl.create_default_context(cafile=str(CERTIFICATE))
    with port_that(strict) as port:
        sock = odbc_probe.connect([(socket.AF_INET, "127.0.0.1")], port, 5)
        with sock, odbc_probe.encrypt_first(sock, "localhost", trust=False, context=context) as tls:
            assert odbc_probe.greet(tls, want_encryption=True).version == (16, 0, 1000)


def test_strict_encryption_with_a_server_that_knows_none(stage: Stage) -> None:
    with port_that(nonsense) as port:
        stops_at(walk(replace(LOCAL, port=port, encryption=Encryption.STRICT), stage), Step.ENCRYPTION)


def test_a_named_instance_has_the_port_that_the_browser_tells(
    server: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    with port_that(greeting(0)) as port:
        text = f"ServerName;SQL01;InstanceName;DIVE;IsClustered;No;Version;16.0.1000.6;tcp;{port};;"
        with browser_that(browser_answer(text)) as browser:
            browse = odbc_probe.browse
            monkeypatch.setattr(odbc_probe, "browse", lambda a, i, s: browse(a, i, s, browser))
            results = walk(replace(LOCAL, instance="DIVE"), server)
    assert f"The instance DIVE is on port {port}." in results[Step.PORT].words


@pytest.mark.parametrize(
    "answer", [b"\x05\x00\x00", b"nonsense", browser_answer("ServerName;A;np;x;;"), None]
)
def test_a_browser_that_does_not_tell(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, answer: bytes | None
) -> None:
    with browser_that(answer) as browser:
        browse = odbc_probe.browse
        monkeypatch.setattr(odbc_probe, "browse", lambda a, i, _: browse(a, i, 0.2, browser))
        assert "port" in stops_at(walk(replace(LOCAL, instance="DIVE"), stage), Step.PORT).advice.lower()


def test_localdb_has_no_network_in_between(server: Stage) -> None:
    results = walk(replace(LOCAL, server="(localdb)\\MSSQLLocalDB"), server)
    assert [s for s, r in results.items() if r.state is State.SKIPPED] == [
        Step.NAME,
        Step.PORT,
        Step.ENCRYPTION,
    ]
    assert results[Step.SCHEMA].state is State.OK


# -- with the driver ----------------------------------------------------------------------------------------------


@pytest.fixture
def reached(server: Stage) -> SqlServerProfile:
    """A profile whose steps without the driver have nothing to look at."""
    return replace(LOCAL, server="(localdb)\\MSSQLLocalDB")


def test_a_wrong_password(server: Stage, reached: SqlServerProfile) -> None:
    server.odbc.refusals = [failure(18456, "Login failed for user 'anna'.", "28000", Error)]
    assert "did not accept" in stops_at(walk(reached, server), Step.LOGIN).words


@pytest.mark.parametrize(
    ("found", "words", "may_create"),
    [
        ((None, None, 1), "There is no database", True),
        ((None, None, 0), "There is no database", False),
        (("RECOVERY_PENDING", 0, 0), "recovery pending", False),
        (("ONLINE", 0, 0), "may not use it", False),
    ],
)
def test_a_database_that_does_not_open_is_told_apart_from_the_login(
    server: Stage, reached: SqlServerProfile, found: tuple[Any, ...], words: str, may_create: bool
) -> None:
    server.odbc.refusals = [failure(4060, "Cannot open database.")]
    server.on("DB_NAME() AS", Result(("Database_Name",), [("master",)]))
    server.on("HAS_DBACCESS", Result(("State", "Has_Access", "May_Create"), [found]))
    result = stops_at(walk(reached, server), Step.DATABASE)
    assert words in result.words
    assert result.can_create_database is may_create
    assert "DATABASE=master" in server.odbc.connects[1][0]


def test_where_not_even_master_opens_the_login_is_where_it_stops(
    server: Stage, reached: SqlServerProfile
) -> None:
    server.odbc.refusals = [failure(4060, "Cannot open database."), failure(4060, "Cannot open database.")]
    assert "cannot be opened" in stops_at(walk(reached, server), Step.LOGIN).words


def test_the_database_can_be_created(server: Stage, reached: SqlServerProfile) -> None:
    create_database(reached, odbc=server.odbc)
    assert server.texts() == ["CREATE DATABASE [EnterpriseDiveDB];"]


def test_a_login_that_may_not_create_it_is_refused(server: Stage, reached: SqlServerProfile) -> None:
    server.on("CREATE DATABASE", failure(262, "CREATE DATABASE permission denied in database 'master'."))
    with pytest.raises(Refused, match="permission denied"):
        create_database(reached, odbc=server.odbc)


@pytest.mark.parametrize(
    ("row", "words", "advice"),
    [
        (
            ("16.0.1000.6", "Express Edition (64-bit)", 4, 160, "Dive", "[Dive]"),
            "SQL Server 2022, Express",
            "",
        ),
        (
            ("17.0.900.7", "Standard Edition (64-bit)", 2, 170, "Dive", "[Dive]"),
            "SQL Server 2025, Standard",
            "",
        ),
        (("12.0.2000.8", "SQL Azure", 5, 160, "Dive", "[Dive]"), "Azure SQL Database, SQL Azure", ""),
        (
            ("15.0.2000.5", "Standard Edition (64-bit)", 2, 150, "Dive", "[Dive]"),
            "SQL Server 2019, Standard Edition (64-bit) (15.0.2000.5) is too old.",
            "The program needs SQL Server 2022 (version 16) or newer, or Azure SQL.",
        ),
        (
            ("16.0.1000.6", "Developer Edition (64-bit)", 3, 150, "Dive Log]2", "[Dive Log]]2]"),
            "Dive Log]2 keeps to compatibility level 150, and the program needs 160.",
            "ALTER DATABASE [Dive Log]]2] SET COMPATIBILITY_LEVEL = 160;",
        ),
        (
            ("12.0.2000.8", "SQL Azure", 8, 150, "Dive", "[Dive]"),
            "Dive keeps to compatibility level 150, and the program needs 160.",
            "ALTER DATABASE [Dive] SET COMPATIBILITY_LEVEL = 160;",
        ),
    ],
)
def test_a_server_or_a_database_that_is_too_old_is_told_with_what_to_do(
    server: Stage, reached: SqlServerProfile, row: tuple[Any, ...], words: str, advice: str
) -> None:
    server.on("ProductVersion", Result(VERSION, [row]))
    results = walk(reached, server)
    assert results[Step.VERSION].words.startswith(words)
    assert (results[Step.VERSION].state is State.OK) is (not advice)
    assert not advice or advice in stops_at(results, Step.VERSION).advice


@pytest.mark.parametrize(("held", "ok"), [((0, 0, 0, 1), True), ((0, 0, 0, 0), False)])
def test_what_one_may_do(server: Stage, reached: SqlServerProfile, held: tuple[int, ...], ok: bool) -> None:
    server.on("N'CONTROL'", Result(("May_Deploy",), [(0,)]))
    server.on("ORIGINAL_LOGIN", Result(tuple("abcdef"), [("anna", "anna", *held)]))
    results = walk(reached, server)
    assert (results[Step.PERMISSIONS].state is State.OK) is ok
    assert ok or "ALTER ROLE" in stops_at(results, Step.PERMISSIONS).advice


def test_nothing_deployed_yet_is_no_failure(server: Stage, reached: SqlServerProfile) -> None:
    assert walk(reached, server)[Step.SCHEMA].words == "Nothing is deployed yet. Open Deploy."


# -- in time ------------------------------------------------------------------------------------------------------


def test_a_step_that_is_cancelled_ends_at_once_and_closes_what_it_opened(
    server: Stage, reached: SqlServerProfile
) -> None:
    cancel, running = CancelToken(), Running()
    server.on("ORIGINAL_LOGIN", running)

    def press_stop() -> None:
        running.began.wait(30)
        cancel.cancel()

    presser = threading.Thread(target=press_stop)
    presser.start()
    with pytest.raises(Cancelled):
        walk(reached, server, cancel=cancel)
    presser.join()
    assert server.odbc.closed.wait(30)


def test_work_that_takes_too_long_is_left_behind_and_cleaned_up_when_it_ends() -> None:
    go_on, cleaned = threading.Event(), threading.Event()
    with pytest.raises(NotInTime):
        bounded(lambda: go_on.wait(30), 0.01, CancelToken(), cleaned.set)
    assert not cleaned.is_set()
    go_on.set()
    assert cleaned.wait(30)


def test_a_cancellation_does_not_wait_for_what_cannot_be_cancelled() -> None:
    cancel, go_on, cleaned = CancelToken(), threading.Event(), threading.Event()

    def work() -> bool:
        cancel.cancel()
        return go_on.wait(30)

    with pytest.raises(Cancelled):
        bounded(work, 30, cancel, cleaned.set)
    go_on.set()
    assert cleaned.wait(30)


def test_what_the_work_raises_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        bounded(lambda: 1 // 0, 30, CancelToken())
