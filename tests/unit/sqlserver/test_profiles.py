from __future__ import annotations

import json
import logging
import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from memory_keyring import Keyring

from divegov_gui.core.errors import Cancelled, InputRefused
from divegov_gui.core.paths import data_folder
from divegov_gui.services.connections import Workspace
from divegov_gui.services.passwords import Passwords, Secret
from divegov_gui.services.profiles import (
    Authentication,
    Encryption,
    Kind,
    Profile,
    ProfileStore,
    SqlServerProfile,
)
from divegov_gui.services.servers import ServerPlace, local_profile, place_of

SERVER = SqlServerProfile(
    server="sql01",
    port=1444,
    authentication=Authentication.SQL,
    user="anna",
    encryption=Encryption.STRICT,
    query_timeout=30,
)


@pytest.fixture
def store() -> ProfileStore:
    return ProfileStore()


def remote(name: str = "Production", **changes: Any) -> Profile:
    return Profile(name, Kind.SQLSERVER, server=replace(SERVER, **changes))


def local(name: str = "Play") -> Profile:
    return Profile(name, Kind.LOCAL, workspace=Path("/data/play.db"))


class NullKeyring(Keyring):
    def set_password(self, service: str, name: str, password: str) -> None:
        return


class BrokenKeyring(Keyring):
    def get_password(self, service: str, name: str) -> str | None:
        raise RuntimeError("no backend for hunter2")

    def set_password(self, service: str, name: str, password: str) -> None:
        raise RuntimeError(f"cannot keep {password}")


# -- the file -----------------------------------------------------------------------------------------------------


def test_without_a_file_there_are_no_profiles_and_none_is_made(store: ProfileStore) -> None:
    assert store.all() == []
    assert not store.path.exists()
    assert store.path == data_folder() / "profiles.json"


def test_a_profile_comes_back_as_it_was_kept(store: ProfileStore) -> None:
    kept = [store.add(remote()), store.add(local())]
    assert sorted(ProfileStore().all(), key=lambda p: p.name) == sorted(kept, key=lambda p: p.name)


def test_favourites_come_first_then_the_last_used(store: ProfileStore) -> None:
    for name in ("c", "b", "a"):
        store.add(local(name))
    store.edit(replace(store.find("c"), favourite=True))
    store.mark_used(store.find("b"))
    assert [p.name for p in store.all()] == ["c", "b", "a"]


def test_a_name_is_taken_in_any_letter_case(store: ProfileStore) -> None:
    store.add(local("Play"))
    with pytest.raises(InputRefused, match="already"):
        store.add(remote("PLAY"))
    with pytest.raises(InputRefused, match="already"):
        store.rename(store.add(local("Work")), "play")


def test_a_profile_is_renamed_in_place(store: ProfileStore) -> None:
    kept = store.add(remote())
    store.rename(kept, "Live")
    assert [(p.name, p.profile_id) for p in store.all()] == [("Live", kept.profile_id)]


def test_a_copy_gets_a_free_name_and_an_identity_of_its_own(store: ProfileStore) -> None:
    kept = store.mark_used(store.add(replace(remote(), favourite=True)))
    copies = [store.duplicate(kept), store.duplicate(kept)]
    assert [c.name for c in copies] == ["Production (2)", "Production (3)"]
    assert len({kept.profile_id, *(c.profile_id for c in copies)}) == 3
    assert not any(c.favourite or c.last_used for c in copies)


def test_a_deleted_profile_is_gone_and_cannot_be_edited(store: ProfileStore) -> None:
    kept = store.add(remote())
    store.delete(kept)
    assert store.all() == []
    with pytest.raises(InputRefused, match="deleted meanwhile"):
        store.edit(kept)


def test_what_a_newer_program_wrote_is_kept(store: ProfileStore) -> None:
    store.add(remote())
    document = json.loads(store.path.read_text())
    document["colours"] = {"live": "red"}
    document["profiles"][0] |= {"tags": ["eu"]}
    document["profiles"][0]["sqlserver"]["read_only"] = True
    document["profiles"].append({"name": "Snow", "kind": "snowflake", "account": "x"})
    document["profiles"].append(
        {"name": "Key", "kind": "sqlserver", "sqlserver": {"server": "a", "authentication": "passkey"}}
    )
    store.path.write_text(json.dumps(document))
    store.rename(store.find("Production"), "Live")
    after = json.loads(store.path.read_text())
    assert after["colours"] == {"live": "red"}
    assert after["profiles"][0]["name"] == "Live"
    assert after["profiles"][0]["tags"] == ["eu"]
    assert after["profiles"][0]["sqlserver"]["read_only"] is True
    assert after["profiles"][1:] == document["profiles"][1:]
    assert [p.name for p in store.all()] == ["Live"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"profiles": 3}', '{"profiles": [{"kind": "local"}]}'])
def test_a_damaged_file_is_told_and_left_as_it_is(store: ProfileStore, text: str) -> None:
    store.path.parent.mkdir(parents=True, exist_ok=True)
    store.path.write_text(text)
    with pytest.raises(InputRefused):
        store.all()
    with pytest.raises(InputRefused):
        store.add(local())
    assert store.path.read_text() == text


def test_a_file_is_replaced_whole(store: ProfileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.add(local())
    before = store.path.read_text()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputRefused, match="No space left"):
        store.add(remote())
    assert store.path.read_text() == before
    assert [p.name for p in store.path.parent.iterdir()] == ["profiles.json"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such bits")
def test_the_file_is_its_owners_alone(store: ProfileStore) -> None:
    store.add(local())
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 81])
def test_a_name_that_is_none_is_refused(store: ProfileStore, name: str) -> None:
    with pytest.raises(InputRefused, match="name"):
        store.add(local(name))


def test_a_profile_that_is_neither_or_both_is_refused() -> None:
    for profile in (Profile("a", Kind.LOCAL), replace(local(), server=SERVER), Profile("b", Kind.SQLSERVER)):
        with pytest.raises(InputRefused, match="neither"):
            profile.check()


# -- import and export --------------------------------------------------------------------------------------------


def test_exported_profiles_can_be_imported_elsewhere(store: ProfileStore, tmp_path: Path) -> None:
    store.mark_used(store.add(remote()))
    store.add(local())
    file = tmp_path / "for-berta.json"
    assert store.export(file) == 2
    other = ProfileStore(tmp_path / "other" / "profiles.json")
    other.add(local("Play"))
    added = other.import_from(file)
    assert sorted(p.name for p in added) == ["Play (2)", "Production"]
    assert other.find("Production").server == SERVER
    assert other.find("Production").last_used is None


def test_no_secret_passes_through_an_exported_file(store: ProfileStore, tmp_path: Path) -> None:
    file = tmp_path / "in.json"
    entry = {
        "name": "P",
        "kind": "sqlserver",
        "password": "hunter2",
        "sqlserver": {"server": "a", "pwd": "hunter2"},
    }
    file.write_text(json.dumps({"profiles": [entry]}))
    store.import_from(file)
    store.export(tmp_path / "out.json")
    assert "hunter2" not in store.path.read_text() + (tmp_path / "out.json").read_text()


def test_an_import_is_all_or_nothing(store: ProfileStore, tmp_path: Path) -> None:
    file = tmp_path / "in.json"
    good = {"name": "P", "kind": "local", "workspace": "/a.db"}
    file.write_text(json.dumps({"profiles": [good, {"name": "Q", "kind": "snowflake"}]}))
    with pytest.raises(InputRefused):
        store.import_from(file)
    assert store.all() == []


# -- passwords ----------------------------------------------------------------------------------------------------


def test_a_password_stays_with_its_profile_through_a_rename(store: ProfileStore) -> None:
    passwords = Passwords(Keyring())
    kept = store.add(remote())
    assert passwords.remember(kept, Secret("hunter2"))
    renamed = store.rename(kept, "Live")
    recalled = passwords.recall(renamed)
    assert recalled is not None
    assert recalled.value == "hunter2"
    assert passwords.recall(store.duplicate(renamed)) is None
    passwords.forget(renamed)
    passwords.forget(renamed)
    assert passwords.recall(renamed) is None


@pytest.mark.parametrize("keyring", [NullKeyring(), BrokenKeyring()])
def test_without_a_keyring_it_is_said_that_passwords_are_asked_for(keyring: Keyring) -> None:
    passwords = Passwords(keyring)
    assert not passwords.remember(remote(), Secret("hunter2"))
    assert "asked for each time" in passwords.why_not_kept
    assert "hunter2" not in passwords.why_not_kept
    assert passwords.recall(remote()) is None


def test_the_real_keyring_package_without_a_backend_is_no_error() -> None:
    passwords = Passwords()
    assert not passwords.remember(remote(), Secret("hunter2"))
    assert passwords.why_not_kept
    passwords.forget(remote())


def test_a_password_is_in_no_file_no_log_and_no_repr(
    store: ProfileStore, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    kept = store.add(remote())
    place = place_of(kept, lambda _: "hunter2", Passwords(NullKeyring()))
    assert isinstance(place, ServerPlace)
    assert place.password is not None
    assert place.password.value == "hunter2"
    assert "hunter2" not in f"{place!r} {place} {kept!r}" + caplog.text
    for file in data_folder().rglob("*"):
        assert not file.is_file() or "hunter2" not in file.read_text()


# -- places -------------------------------------------------------------------------------------------------------


def test_a_kept_password_is_not_asked_for() -> None:
    passwords, profile = Passwords(Keyring()), remote()
    passwords.remember(profile, Secret("hunter2"))
    place = place_of(profile, lambda _: pytest.fail("asked"), passwords)
    assert isinstance(place, ServerPlace)
    assert place.name == "Production"
    assert place.role_label == "enforced by SQL Server"


def test_who_would_rather_not_say_it_cancels() -> None:
    with pytest.raises(Cancelled):
        place_of(remote(), lambda _: None, Passwords(NullKeyring()))


def test_a_windows_account_is_asked_for_nothing() -> None:
    profile = remote(authentication=Authentication.WINDOWS, user="")
    place = place_of(profile, lambda _: pytest.fail("asked"), Passwords(BrokenKeyring()))
    assert isinstance(place, ServerPlace)
    assert place.password is None


def test_the_local_workspace_is_a_profile_too() -> None:
    place = place_of(local_profile(), lambda _: pytest.fail("asked"))
    assert isinstance(place, Workspace)
