from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from divegov_gui.core.errors import ConnectionFailed, InputRefused
from divegov_gui.database.odbc_drivers import Driver, DriverKind
from divegov_gui.database.odbc_profile import (
    AUTHENTICATION_CHOICES,
    ENCRYPTION_CHOICES,
    Authentication,
    Encryption,
    SqlServerProfile,
    split_address,
)
from divegov_gui.database.odbc_strings import (
    SQL_COPT_SS_ACCESS_TOKEN,
    Secret,
    braced,
    connection_string,
    freetds_value,
    token_attribute,
    wants_token,
)

MICROSOFT = Driver("ODBC Driver 18 for SQL Server", DriverKind.MICROSOFT, 18)
SEVENTEEN = Driver("ODBC Driver 17 for SQL Server", DriverKind.MICROSOFT, 17)
FREETDS = Driver("FreeTDS", DriverKind.FREETDS)

awkward = st.text(alphabet=st.sampled_from(list("ab};{=' \"[]()*?!@,é日")), max_size=20)
names = st.text(alphabet=st.sampled_from(list("ab};{=' \"é")), min_size=1, max_size=20).filter(str.strip)


def parse(text: str) -> dict[str, str]:
    """Read a connection string by the rules of [MS-ODBCSTR]: the first of two equal keywords counts."""
    values: dict[str, str] = {}
    position = 0
    while position < len(text):
        equals = text.index("=", position)
        key = text[position:equals].strip().upper()
        position = equals + 1
        if text[position : position + 1] == "{":
            value, position = _braced(text, position + 1)
        else:
            end = text.find(";", position)
            end = len(text) if end < 0 else end
            value, position = text[position:end].strip(), end
        assert text[position : position + 1] in (";", "")
        position += 1
        values.setdefault(key, value)
    return values


def _braced(text: str, position: int) -> tuple[str, int]:
    value = ""
    while True:
        if text[position] != "}":
            value += text[position]
            position += 1
        elif text[position : position + 2] == "}}":
            value += "}"
            position += 2
        else:
            return value, position + 1


def parse_as_freetds_13(text: str) -> dict[str, str]:
    """Read it as FreeTDS 1.3 does (src/odbc/connectparams.c): braces end at ``};`` and nothing is undoubled."""
    values: dict[str, str] = {}
    while text:
        key, _, text = text.partition("=")
        in_braces = text.startswith("{")
        value, _, text = text.removeprefix("{").partition("};" if in_braces else ";")
        values.setdefault(key.upper(), value)
    return values


def server(**changes: object) -> SqlServerProfile:
    values: dict[str, object] = {"server": "sql01", "database": "EnterpriseDiveDB"}
    return SqlServerProfile(**(values | changes))  # type: ignore[arg-type]


def sql_login(user: str = "anna", **changes: object) -> SqlServerProfile:
    return server(authentication=Authentication.SQL, user=user, **changes)


@given(awkward)
def test_a_value_comes_out_of_a_connection_string_as_it_went_in(value: str) -> None:
    assert parse(f"PWD={braced(value)};APP=x;") == {"PWD": value, "APP": "x"}


@given(awkward)
def test_freetds_reads_the_same_value_or_it_is_refused(value: str) -> None:
    try:
        text = f"PWD={freetds_value(value)};APP=x;"
    except InputRefused:
        assert "}" in value
    else:
        assert parse_as_freetds_13(text) == {"PWD": value, "APP": "x"}


@given(password=awkward, user=names, database=names, driver=st.sampled_from([MICROSOFT, FREETDS]))
def test_no_value_passes_for_a_keyword(password: str, user: str, database: str, driver: Driver) -> None:
    try:
        text = connection_string(sql_login(user, database=database), driver, Secret(password))
    except InputRefused:
        assert driver is FREETDS
        return
    found = parse(text) if driver is MICROSOFT else parse_as_freetds_13(text)
    expected = {"UID": user, "PWD": password, "DATABASE": database, "APP": "DiveGov Steward"}
    assert {k: v for k, v in found.items() if k in expected} == expected
    assert set(found) <= {
        "DRIVER",
        "SERVER",
        "PORT",
        "TDS_VERSION",
        "ENCRYPTION",
        "CLIENTCHARSET",
        "ENCRYPT",
        "TRUSTSERVERCERTIFICATE",
    } | set(expected)


@pytest.mark.parametrize("value", ["a;SERVER=evil", "a\x00b", "sql01,1", "a{b", "a b", "", "a=b"])
def test_a_server_that_is_more_than_a_name_is_refused(value: str) -> None:
    with pytest.raises(InputRefused):
        connection_string(server(server=value), MICROSOFT)


@pytest.mark.parametrize("field", ["user", "database", "driver", "certificate_host"])
def test_control_characters_are_refused(field: str) -> None:
    with pytest.raises(InputRefused, match="control character"):
        sql_login().__class__(**{"server": "sql01", field: "a\x00b"}).check()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "sql01"),
        ({"port": 1444}, "sql01,1444"),
        ({"instance": "DIVE"}, "sql01\\DIVE"),
        ({"instance": "DIVE", "port": 1444}, "sql01,1444"),
        ({"server": "(localdb)\\MSSQLLocalDB"}, "(localdb)\\MSSQLLocalDB"),
    ],
)
def test_the_server_is_addressed_by_port_before_instance(changes: dict[str, object], expected: str) -> None:
    assert parse(connection_string(server(**changes), MICROSOFT))["SERVER"] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sql01", ("sql01", None, "")),
        ("tcp:sql01,1444", ("sql01", 1444, "")),
        ("sql01\\DIVE", ("sql01", None, "DIVE")),
        ("(localdb)\\v11", ("(localdb)\\v11", None, "")),
    ],
)
def test_an_address_is_read_as_it_is_written(text: str, expected: tuple[str, int | None, str]) -> None:
    assert split_address(text) == expected


def test_a_port_that_is_no_number_is_refused() -> None:
    with pytest.raises(InputRefused, match="no port"):
        split_address("sql01,http")


@pytest.mark.parametrize(
    ("encryption", "trust", "expected"),
    [
        (Encryption.STRICT, True, {"ENCRYPT": "strict"}),
        (Encryption.MANDATORY, False, {"ENCRYPT": "yes", "TRUSTSERVERCERTIFICATE": "no"}),
        (Encryption.OPTIONAL, True, {"ENCRYPT": "no", "TRUSTSERVERCERTIFICATE": "yes"}),
    ],
)
def test_encryption_is_said_in_words_that_17_and_18_know(
    encryption: Encryption, trust: bool, expected: dict[str, str]
) -> None:
    found = parse(connection_string(server(encryption=encryption, trust_certificate=trust), MICROSOFT))
    assert {k: v for k, v in found.items() if k in ("ENCRYPT", "TRUSTSERVERCERTIFICATE")} == expected


def test_strict_encryption_needs_driver_18() -> None:
    with pytest.raises(ConnectionFailed, match="cannot encrypt strictly") as caught:
        connection_string(server(encryption=Encryption.STRICT), SEVENTEEN)
    assert "18" in caught.value.hint


def test_the_certificate_may_be_in_another_name() -> None:
    found = parse(connection_string(server(certificate_host="db.example.org"), MICROSOFT))
    assert found["HOSTNAMEINCERTIFICATE"] == "db.example.org"


def test_a_windows_account_sends_neither_user_nor_password() -> None:
    found = parse(connection_string(server(), MICROSOFT, Secret("never")))
    assert found["TRUSTED_CONNECTION"] == "yes"
    assert not {"UID", "PWD"} & set(found)


def test_entra_asks_interactively_by_the_driver_on_windows_and_by_token_elsewhere() -> None:
    interactive = server(authentication=Authentication.ENTRA_INTERACTIVE)
    assert wants_token(interactive, "Linux")
    assert wants_token(interactive, "Darwin")
    assert not wants_token(interactive, "Windows")
    assert wants_token(server(authentication=Authentication.ENTRA_DEFAULT), "Windows")


def test_a_token_excludes_every_other_way_to_log_in(monkeypatch: pytest.MonkeyPatch) -> None:
    found = parse(connection_string(server(authentication=Authentication.ENTRA_DEFAULT, user="a"), MICROSOFT))
    assert not {"UID", "PWD", "AUTHENTICATION", "TRUSTED_CONNECTION"} & set(found)
    monkeypatch.setattr("platform.system", lambda: "Windows")
    interactive = server(authentication=Authentication.ENTRA_INTERACTIVE, user="a@b.org")
    found = parse(connection_string(interactive, MICROSOFT))
    assert found["AUTHENTICATION"] == "ActiveDirectoryInteractive"
    assert found["UID"] == "a@b.org"


def test_a_token_is_its_length_and_its_utf16() -> None:
    raw = token_attribute(Secret("abc"))[SQL_COPT_SS_ACCESS_TOKEN]
    assert struct.unpack("<I", raw[:4]) == (6,)
    assert raw[4:].decode("utf-16-le") == "abc"


def test_freetds_has_its_own_words() -> None:
    found = parse(connection_string(sql_login(), FREETDS, Secret("p}w")))
    assert (found["SERVER"], found["PORT"], found["TDS_VERSION"]) == ("sql01", "1433", "7.4")
    assert found["ENCRYPTION"] == "require"
    assert "PWD=p}w;" in connection_string(sql_login(), FREETDS, Secret("p}w")), (
        "before 1.4 it undoes no doubling"
    )


@pytest.mark.parametrize("kind", [Authentication.ENTRA_DEFAULT, Authentication.ENTRA_INTERACTIVE])
def test_freetds_cannot_do_entra(kind: Authentication) -> None:
    with pytest.raises(ConnectionFailed, match="Entra"):
        connection_string(server(authentication=kind), FREETDS)


def test_another_database_may_be_named() -> None:
    assert parse(connection_string(server(), MICROSOFT, database="master"))["DATABASE"] == "master"
    assert "DATABASE" not in parse(connection_string(server(), MICROSOFT, database=""))


def test_a_secret_shows_itself_nowhere() -> None:
    secret = Secret("hunter2")
    assert "hunter2" not in f"{secret} {secret!r} {[secret]}"


def test_a_profile_has_no_place_for_a_password() -> None:
    assert not [name for name in SqlServerProfile.__dataclass_fields__ if "pass" in name]


def test_every_choice_has_a_label_and_a_meaning() -> None:
    assert set(AUTHENTICATION_CHOICES) == set(Authentication)
    assert set(ENCRYPTION_CHOICES) == set(Encryption)
    for choice in [*AUTHENTICATION_CHOICES.values(), *ENCRYPTION_CHOICES.values()]:
        assert choice.label
        assert choice.meaning.endswith(".")
