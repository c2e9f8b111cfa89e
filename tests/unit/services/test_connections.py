"""Which workspace one works in, and stopping what runs there."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from divegov_gui.core.errors import Cancelled, ConnectionFailed
from divegov_gui.core.progress import CancelToken
from divegov_gui.services.connections import Workspace, interruptible, local_workspace


def test_a_workspace_that_is_not_named_is_the_persons_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIVEGOV_HOME", str(tmp_path / "home"))
    place = local_workspace()
    assert place.path == tmp_path / "home" / "workspace.db"
    assert place.name == "workspace.db"


def test_a_relative_path_and_a_tilde_are_made_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    assert local_workspace(Path("w.db")).path == tmp_path / "w.db"
    assert local_workspace(Path("~/w.db")).path == tmp_path / "me" / "w.db"


def test_the_home_of_nobody_is_refused() -> None:
    with pytest.raises(ConnectionFailed, match="cannot be found") as refused:
        local_workspace(Path("~nobody-of-this-name/w.db"))
    assert refused.value.hint


def test_the_role_is_honest_about_what_it_rests_on() -> None:
    assert Workspace(Path("w.db")).role_label == "Data steward · demonstrated in this local workspace"


def test_sessions_are_independent_of_each_other(path: Path) -> None:
    place = local_workspace(path)
    with closing(place.open_session()) as one, closing(place.open_session()) as other:
        assert one is not other
        assert one.count("Batch_Summary") == other.count("Batch_Summary") == 0


def test_a_cancellation_reaches_the_session_only_while_it_works() -> None:
    class Interrupted:
        count = 0

        def interrupt(self) -> None:
            self.count += 1

    session, token = Interrupted(), CancelToken()
    with interruptible(session, token):  # type: ignore[arg-type]
        token.cancel()
        assert session.count == 1
    token.cancel()
    assert session.count == 1
    with pytest.raises(Cancelled), interruptible(session, token):  # type: ignore[arg-type]
        pytest.fail("the work was begun")
    with interruptible(session, None):  # type: ignore[arg-type]
        pass
