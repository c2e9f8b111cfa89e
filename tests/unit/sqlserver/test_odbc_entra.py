"""Microsoft Entra tokens: one login serves every session, and what fails is told without a secret."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

import pytest
from stage import Background

from divegov_gui.core.errors import ConnectionFailed
from divegov_gui.database.odbc_entra import SCOPE, entra_token
from divegov_gui.database.odbc_profile import Authentication, SqlServerProfile


class Identity:
    """azure.identity, whose credentials keep their token as the real ones do."""

    def __init__(self) -> None:
        self.logins: list[dict[str, Any]] = []
        self.fails = False
        self.waits: threading.Event | None = None

    def credential(self, **options: Any) -> Any:
        kept: list[str] = []

        def get_token(scope: str) -> Any:
            assert scope == SCOPE
            if not kept:
                self.logins.append(options)
                if self.waits is not None:
                    self.waits.wait(10)
                if self.fails:
                    raise RuntimeError("refresh token hunter2 was refused")
                kept.append(f"token {len(self.logins)}")
            return SimpleNamespace(token=kept[0])

        return SimpleNamespace(get_token=get_token)

    InteractiveBrowserCredential = DefaultAzureCredential = credential


def profile(
    kind: Authentication = Authentication.ENTRA_INTERACTIVE, user: str = "anna@b.org"
) -> SqlServerProfile:
    return SqlServerProfile("x.database.windows.net", authentication=kind, user=user)


def test_a_person_logs_in_once_for_all_sessions() -> None:
    identity = Identity()
    tokens = {entra_token(profile(), identity).value for _ in range(3)}
    assert tokens == {"token 1"}
    assert [login["login_hint"] for login in identity.logins] == ["anna@b.org"]
    assert identity.logins[0]["timeout"] < 180, "the browser is not waited for for ever"


def test_two_sessions_at_once_open_one_browser() -> None:
    identity = Identity()
    identity.waits = threading.Event()
    both = [Background(lambda: entra_token(profile(), identity).value) for _ in range(2)]
    identity.waits.set()
    for one in both:
        one.join()
    assert [one.result for one in both] == ["token 1", "token 1"]
    assert len(identity.logins) == 1


def test_another_person_logs_in_for_themselves() -> None:
    identity = Identity()
    assert entra_token(profile(user="anna@b.org"), identity) != entra_token(
        profile(user="ben@b.org"), identity
    )
    assert entra_token(profile(Authentication.ENTRA_DEFAULT, ""), identity).value == "token 3"


def test_a_login_that_fails_is_told_without_what_it_said_and_may_be_tried_again() -> None:
    identity = Identity()
    identity.fails = True
    with pytest.raises(ConnectionFailed) as caught:
        entra_token(profile(), identity)
    assert "hunter2" not in f"{caught.value} {caught.value.hint} {caught.value.__cause__}"
    identity.fails = False
    assert entra_token(profile(), identity).value == "token 2"
