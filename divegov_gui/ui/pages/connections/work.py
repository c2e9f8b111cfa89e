"""What runs off the UI thread: the keyring, the walk from driver to schema, making a database."""

from __future__ import annotations

from typing import Any

from divegov_gui.core.errors import ConnectionFailed
from divegov_gui.core.numbers import decimal
from divegov_gui.core.progress import CancelToken, Progress, ProgressSink
from divegov_gui.services import servers
from divegov_gui.services.connection_test import (
    SIGNING_IN_SECONDS,
    NotInTime,
    Step,
    StepResult,
    bounded,
    create_database,
    walk_connection,
)
from divegov_gui.services.passwords import Passwords, Secret
from divegov_gui.services.profiles import Authentication, Profile
from divegov_gui.services.servers import Place, ServerPlace, Standing

KEYRING_SECONDS = 60.0
"""How long the keyring may take: it may itself be asking the person to unlock it."""

CREATING_SECONDS = 120.0
"""How long a server may take to make an empty database."""

OPENING_SECONDS = 30.0
"""What an opening may take beyond its login: attempts again where the server says that it is busy, and who one is."""

Found = tuple[Secret | None, str]
"""A password, and why there is none where the keyring cannot be used."""


def recall(passwords: Passwords, profile: Profile, _: object, __: ProgressSink, cancel: CancelToken) -> Found:
    """The password that the keyring has for a profile."""
    try:
        found = bounded(lambda: passwords.recall(profile), KEYRING_SECONDS, cancel)
    except NotInTime:
        return None, "The keyring does not answer. The password is asked for each time."
    return found, passwords.why_not_kept


def is_kept(
    passwords: Passwords, profile: Profile, session: object, progress: ProgressSink, cancel: CancelToken
) -> tuple[bool, str]:
    """Whether the keyring has a password for a profile; the password itself goes no further."""
    found, why_not = recall(passwords, profile, session, progress, cancel)
    return found is not None, why_not


def remember(
    passwords: Passwords,
    profile: Profile,
    password: Secret,
    _: object,
    __: ProgressSink,
    cancel: CancelToken,
) -> str:
    """Keep a password; returns why it was not kept, or an empty text."""
    try:
        kept = bounded(lambda: passwords.remember(profile, password), KEYRING_SECONDS, cancel)
    except NotInTime:
        return "The keyring does not answer. The password is asked for each time."
    return "" if kept else passwords.why_not_kept


def forget(passwords: Passwords, profile: Profile, _: object, __: ProgressSink, cancel: CancelToken) -> str:
    """Remove a profile's password; returns why that was not possible, or an empty text."""
    try:
        bounded(lambda: passwords.forget(profile), KEYRING_SECONDS, cancel)
    except NotInTime:
        return "The keyring does not answer."
    return passwords.why_not_kept


def walk(
    profile: Profile,
    password: Secret | None,
    results: list[StepResult],
    odbc: Any,
    _: object,
    progress: ProgressSink,
    cancel: CancelToken,
) -> list[StepResult]:
    """Take the steps; each result is in `results` before its report is sent. Raises Cancelled."""
    assert profile.server is not None
    for result in walk_connection(profile.server, password, cancel=cancel, odbc=odbc):
        results.append(result)
        progress(Progress(result.step.value, len(results), len(Step)))
    return results


def try_opening(place: Place, _: object, __: ProgressSink, cancel: CancelToken) -> Standing:
    """Open a place as the window would, and say who one is there. Raises ConnectionFailed, Refused, Cancelled."""
    server = place.server if isinstance(place, ServerPlace) else None
    attempts = OPENING_SECONDS if server is None else server.login_timeout + OPENING_SECONDS
    if server is not None and server.authentication is Authentication.ENTRA_INTERACTIVE:
        attempts += SIGNING_IN_SECONDS
    try:
        return bounded(lambda: servers.try_opening(place, cancel), attempts, cancel)
    except NotInTime as error:
        raise ConnectionFailed(
            f"{server.label if server else place.name} did not answer in time.",
            f"It was given {decimal(attempts, 0)} seconds.",
            "Test the connection step by step: that shows where it stops.",
        ) from error


def create(
    profile: Profile, password: Secret | None, odbc: Any, _: object, __: ProgressSink, cancel: CancelToken
) -> None:
    """Make the profile's database on its server. Raises Refused, ConnectionFailed, Cancelled."""
    assert profile.server is not None
    server = profile.server
    try:
        bounded(
            lambda: create_database(server, password, cancel=cancel, odbc=odbc),
            server.login_timeout + CREATING_SECONDS,
            cancel,
        )
    except NotInTime as error:
        raise ConnectionFailed(
            f"{server.address} does not say whether the database was made.",
            "It took too long.",
            "Test again: the step Database tells.",
        ) from error
