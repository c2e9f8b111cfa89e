"""A watched folder under attack: slow writers, odd names, links, two watchers, a folder that goes away."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from divegov_gui.core.errors import Cancelled, InputRefused, Refused
from divegov_gui.core.progress import CancelToken
from divegov_gui.database.session import Session
from divegov_gui.database.sqlite import open_workspace
from divegov_gui.services.deployment import deploy
from divegov_gui.services.watching import FolderWatch, Taken, WatchEvent, watch

HEADER = "First Name,Last Name,Email,Date of birth\n"


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with closing(open_workspace(tmp_path / "workspace.db")) as opened:
        deploy(opened)
        yield opened


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


def line(who: str) -> str:
    return f"{who},Doe,{who.lower()}@example.org,1990-05-17\n"


def arrive(inbox: Path, name: str, *people: str) -> Path:
    path = inbox / name
    path.write_text(HEADER + "".join(map(line, people)))
    return path


def take_all(folder: FolderWatch, session: Session) -> list[WatchEvent]:
    folder.look()
    return [folder.take(session, path) for path in folder.look()]


def lying(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_that_grows_slower_than_the_looks_is_governed_whole(inbox: Path, session: Session) -> None:
    """Its writer pauses so long that it seems complete, and goes on in the file that was moved."""
    folder = FolderWatch(inbox)
    with (inbox / "slow.csv").open("w") as writer:
        writer.write(HEADER + line("Ada"))
        writer.flush()
        (first,) = take_all(folder, session)
        assert first.outcome is Taken.GOVERNED
        writer.write(line("Bob"))
        writer.flush()
        assert folder.look() == []
        assert lying(inbox / "done") == []
        writer.write(line("Cyd"))
    (second,) = take_all(folder, session)
    assert second.report is not None
    assert second.report.batch.outcomes is not None
    assert (second.report.batch.outcomes.unchanged, second.report.batch.outcomes.promoted) == (1, 2)
    assert take_all(folder, session) == []
    assert lying(inbox / "done") == ["slow.csv"]
    assert session.count("Diver_Directory") == 3


def test_a_refused_file_that_was_only_begun_comes_back_without_its_reason(
    inbox: Path, session: Session
) -> None:
    folder = FolderWatch(inbox)
    with (inbox / "begun.csv").open("w") as writer:
        writer.write("First Name,Last")
        writer.flush()
        (event,) = take_all(folder, session)
        assert event.outcome is Taken.REFUSED
        writer.write(" Name,Email,Date of birth\n" + line("Ada"))
    (event,) = take_all(folder, session)
    assert event.outcome is Taken.GOVERNED
    assert lying(inbox / "refused") == []


def test_a_file_that_grows_while_nobody_watches_is_taken_whole_by_the_next_watcher(
    inbox: Path, session: Session
) -> None:
    first = FolderWatch(inbox)
    with (inbox / "slow.csv").open("w") as writer, (inbox / "begun.csv").open("w") as other:
        writer.write(HEADER + line("Ada"))
        writer.flush()
        other.write("First Name,Last")
        other.flush()
        assert {event.outcome for event in take_all(first, session)} == {Taken.GOVERNED, Taken.REFUSED}
        first.close()
        writer.write(line("Bob"))
        other.write(" Name,Email,Date of birth\n" + line("Cyd"))
    second = FolderWatch(inbox)
    assert {event.outcome for event in take_all(second, session)} == {Taken.GOVERNED}
    assert lying(inbox / "done") == ["begun.csv", "slow.csv"]
    assert lying(inbox / "refused") == []
    assert session.count("Diver_Directory") == 3
    second.close()
    assert take_all(FolderWatch(inbox), session) == [], "what does not change stays where it is"


@pytest.mark.parametrize("is_moved", [False, True])
def test_a_watcher_that_is_killed_as_it_moves_a_file_has_noted_it(
    inbox: Path, session: Session, monkeypatch: pytest.MonkeyPatch, is_moved: bool
) -> None:
    """Ahead of the move and behind it: the next one finds the file where it is."""
    path, move = arrive(inbox, "a.csv", "Ada"), Path.rename

    def killed(self: Path, target: Path) -> Path:
        if self == path and is_moved:
            move(self, target)
        if self == path:
            raise KeyboardInterrupt
        return move(self, target)

    with monkeypatch.context() as patched, closing(FolderWatch(inbox)) as folder:
        patched.setattr(Path, "rename", killed)
        with pytest.raises(KeyboardInterrupt):
            take_all(folder, session)
    with (inbox / "done" / "a.csv" if is_moved else path).open("a") as writer:
        writer.write(line("Bob"))
    (event,) = take_all(FolderWatch(inbox), session)
    assert event.outcome is Taken.GOVERNED
    assert session.count("Diver_Directory") == 2


@pytest.mark.parametrize(
    "note",
    [
        "not a note",
        "7",
        "[7]",
        '["done"]',
        "[[]]",
        "[" * 100_000,
        '[["done", "../../outside.csv", "a.csv", 1, 1]]',
        '[["..", "outside.csv", "a.csv", 1, 1]]',
        '[["done", "outside.csv", "../a.csv", 1, 1]]',
        '[["done", "", "a.csv", 1, 1]]',
        '[["done", "..", "a.csv", 1, 1]]',
        '[["done", "a\\u0000.csv", "a.csv", 1, 1]]',
        '[["done", null, 7, 1, 1]]',
    ],
)
def test_a_note_that_somebody_else_wrote_moves_no_other_file(
    inbox: Path, session: Session, tmp_path: Path, note: str
) -> None:
    outside = arrive(tmp_path, "outside.csv", "Ada")
    FolderWatch(inbox).close()
    (inbox / ".divegov-watch.json").write_text(note)
    arrive(inbox, "b.csv", "Bob")
    (event,) = take_all(FolderWatch(inbox), session)
    assert event.place == inbox / "done" / "b.csv"
    assert outside.exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows forbids such names")
@pytest.mark.parametrize(
    "name", ["two\nlines.csv", "🤿 dive.csv", "-rf.csv", "%s {0}.csv", "a" * 240 + ".csv", "\udcff.csv"]
)
def test_any_name_that_a_file_can_have_is_taken_once(inbox: Path, session: Session, name: str) -> None:
    arrive(inbox, name, "Ada")
    folder = FolderWatch(inbox)
    (event,) = take_all(folder, session)
    assert event.outcome is Taken.GOVERNED
    assert take_all(folder, session) == []
    assert len(lying(inbox / "done")) == 1
    arrive(inbox, name, "Ada")
    (again,) = take_all(folder, session)
    assert again.outcome is Taken.RECOGNISED
    assert len(lying(inbox / "done")) == 2
    (inbox / name).write_text("Colour\nred\n")
    (bad,) = take_all(folder, session)
    assert bad.outcome is Taken.REFUSED
    (reason,) = (each for each in (inbox / "refused").iterdir() if each.name.endswith(".reason.txt"))
    assert reason.name == bad.place.name + ".reason.txt"


@pytest.mark.skipif(os.name == "nt", reason="a link needs a right of its own")
def test_links_are_left_alone(inbox: Path, session: Session, tmp_path: Path) -> None:
    outside = arrive(tmp_path, "outside.csv", "Ada")
    (inbox / "link.csv").symlink_to(outside)
    (inbox / "dead.csv").symlink_to(tmp_path / "nowhere.csv")
    (inbox / "folder.csv").mkdir()
    os.mkfifo(inbox / "pipe.csv")
    assert take_all(FolderWatch(inbox), session) == []
    assert outside.exists()
    assert lying(inbox / "done") == []


def test_a_second_watcher_is_told_so_and_may_follow_the_first(inbox: Path, session: Session) -> None:
    first = FolderWatch(inbox)
    with pytest.raises(InputRefused, match="is watched already"):
        FolderWatch(inbox)
    first.close()
    arrive(inbox, "a.csv", "Ada")
    (event,) = take_all(FolderWatch(inbox), session)
    assert event.outcome is Taken.GOVERNED


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks a second watcher")
def test_the_lock_of_a_watcher_that_was_killed_holds_nobody_up(inbox: Path) -> None:
    ready, told = os.pipe()
    child = os.fork()
    if child == 0:
        held = FolderWatch(inbox)
        os.write(told, b"1")
        while held.folder:
            signal.pause()
    os.read(ready, 1)
    with pytest.raises(InputRefused, match="is watched already"):
        FolderWatch(inbox)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(ready)
    os.close(told)
    FolderWatch(inbox).close()


def test_a_file_that_cannot_be_moved_is_governed_once_and_moved_later(
    inbox: Path, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody may write in the folder: what is governed stays there, and is known the next time."""
    arrive(inbox, "a.csv", "Ada")
    folder = FolderWatch(inbox)

    def forbidden(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", forbidden)
        (event,) = take_all(folder, session)
        assert event.outcome is Taken.KEPT
        assert event.reason is not None
        assert event.reason.title == "a.csv cannot be moved to done."
        assert folder.look() == [], "it is not tried at every look"
    folder.retry()
    (event,) = (folder.take(session, path) for path in folder.look())
    assert (event.outcome, session.count("Batch_Summary")) == (Taken.RECOGNISED, 1)
    assert lying(inbox / "done") == ["a.csv"]


def test_a_file_that_was_replaced_while_it_waited_is_the_new_one(inbox: Path, session: Session) -> None:
    folder = FolderWatch(inbox)
    arrive(inbox, "a.csv", "Ada")
    folder.look()
    (path,) = folder.look()
    arrive(inbox, "new.tmp", "Bob", "Cyd").replace(path)
    event = folder.take(session, path)
    assert event.outcome is Taken.GOVERNED
    assert [row["First_Name"] for row in session.select("Diver_Directory")] == ["Bob", "Cyd"]


def test_a_file_that_was_renamed_while_it_waited_is_taken_under_its_new_name(
    inbox: Path, session: Session
) -> None:
    folder = FolderWatch(inbox)
    arrive(inbox, "a.csv", "Ada")
    folder.look()
    (path,) = folder.look()
    path.rename(inbox / "b.csv")
    assert folder.take(session, path).outcome is Taken.KEPT
    (event,) = take_all(folder, session)
    assert (event.name, event.outcome) == ("b.csv", Taken.GOVERNED)


Step = Callable[[], None]


def run(
    inbox: Path, session: Session, steps: list[Step], take: Callable[..., object] | None = None
) -> list[str]:
    """Watch, doing one step a wait; what happened. It ends with the steps."""
    happened: list[str] = []
    token = CancelToken()
    left = iter(steps)

    def wait(seconds: float) -> None:
        happened.append(f"wait {seconds:.0f}")
        step = next(left, None)
        if step is None:
            token.cancel()
        else:
            step()

    class Open:
        """A session that is left open when it is closed."""

        def __getattr__(self, name: str) -> object:
            return getattr(session, name)

        def close(self) -> None:
            pass

    with pytest.raises(Cancelled):
        watch(
            FolderWatch(inbox),
            lambda: Open(),  # type: ignore[arg-type, return-value]
            lambda event: happened.append(f"{event.name} {event.outcome.value}"),
            lambda error: happened.append(error.title),
            wait=wait,
            cancel=token,
        )
    return happened


def test_a_folder_that_vanishes_is_said_once_and_watched_again_when_it_is_back(
    inbox: Path, session: Session, tmp_path: Path
) -> None:
    away = tmp_path / "away"

    def come_back() -> None:
        away.rename(inbox)
        arrive(inbox, "a.csv", "Ada")

    nothing: Step = lambda: None  # noqa: E731
    happened = run(
        inbox, session, [lambda: inbox.rename(away) and None, nothing, come_back, nothing, nothing]
    )
    assert [each for each in happened if not each.startswith("wait")] == [
        f"The folder {inbox} cannot be watched.",
        f"There is no folder {inbox}.",
        "a.csv governed",
    ]
    assert happened.count("wait 30") == 2


def test_a_file_that_the_database_refuses_keeps_none_behind_it_waiting(
    inbox: Path, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrive(inbox, "bad.csv", "Ada")
    os.utime(inbox / "bad.csv", ns=(1, 1))
    arrive(inbox, "good.csv", "Bob")
    whole = FolderWatch.take

    def take(self: FolderWatch, session: Session, path: Path, *rest: object) -> object:
        if path.name == "bad.csv":
            raise Refused("The database refuses it.")
        return whole(self, session, path, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(FolderWatch, "take", take)
    nothing: Step = lambda: None  # noqa: E731
    happened = run(inbox, session, [nothing, nothing])
    assert "good.csv governed" in happened
    assert happened.count("The database refuses it.") == 1
    assert lying(inbox / "done") == ["good.csv"]
    assert (inbox / "bad.csv").exists()
