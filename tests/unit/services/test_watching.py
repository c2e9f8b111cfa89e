"""A watched folder: what is complete is ingested once and moved; what is not is left alone; a kill repeats nothing."""

from __future__ import annotations

import os
import signal
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

import divegov_gui.services.watching as watching
from divegov_gui.core.errors import Cancelled, ConnectionFailed, InputRefused
from divegov_gui.core.progress import CancelToken
from divegov_gui.database.session import Session
from divegov_gui.database.sqlite import open_workspace
from divegov_gui.services.deployment import deploy
from divegov_gui.services.watching import FolderWatch, Taken, WatchEvent, WatchOptions, watch

HEADER = "First Name,Last Name,Email,Date of birth\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    path = tmp_path / "workspace.db"
    with closing(open_workspace(path)) as session:
        deploy(session)
    return path


@pytest.fixture
def session(workspace: Path) -> Iterator[Session]:
    with closing(open_workspace(workspace)) as opened:
        yield opened


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


def arrive(inbox: Path, name: str, *people: str) -> Path:
    path = inbox / name
    path.write_text(HEADER + "".join(f"{who},Doe,{who.lower()}@example.org,1990-05-17\n" for who in people))
    return path


def complete(folder: FolderWatch) -> list[str]:
    """The names of what is complete, after the second look."""
    folder.look()
    return [path.name for path in folder.look()]


def take_all(folder: FolderWatch, session: Session) -> list[WatchEvent]:
    folder.look()
    return [folder.take(session, path) for path in folder.look()]


def divers(session: Session) -> int:
    return session.count("Diver_Directory")


def test_a_file_is_complete_when_two_looks_see_it_unchanged(inbox: Path) -> None:
    folder = FolderWatch(inbox)
    path = arrive(inbox, "a.csv", "Ada")
    assert folder.look() == []
    with path.open("a") as growing:
        growing.write("Bob,Doe,bob@example.org,1990-05-17\n")
    assert folder.look() == []
    assert folder.look() == [path]


def test_other_files_folders_and_unfinished_downloads_are_left_alone(inbox: Path) -> None:
    folder = FolderWatch(inbox)
    for name in (".hidden.csv", "~$open.xlsx", "notes.pdf", "a.csv.part", "empty.csv"):
        (inbox / name).write_text("" if name == "empty.csv" else "x")
    (inbox / "folder.csv").mkdir()
    assert complete(folder) == []


def test_the_oldest_comes_first(inbox: Path) -> None:
    folder = FolderWatch(inbox)
    for age, name in enumerate(("new.csv", "older.csv", "oldest.csv")):
        os.utime(arrive(inbox, name, "Ada"), (1_000_000 - age, 1_000_000 - age))
    assert complete(folder) == ["oldest.csv", "older.csv", "new.csv"]


def test_a_governed_file_is_moved_to_done(inbox: Path, session: Session) -> None:
    arrive(inbox, "a.csv", "Ada", "Bob")
    (event,) = take_all(FolderWatch(inbox), session)
    assert (event.outcome, event.place) == (Taken.GOVERNED, inbox / "done" / "a.csv")
    assert event.place.is_file()
    assert not (inbox / "a.csv").exists()
    assert event.report is not None
    assert event.report.batch.source_name == "a.csv"
    assert divers(session) == 2


def test_the_same_content_again_is_recognised_and_kept_beside_the_first(
    inbox: Path, session: Session
) -> None:
    folder = FolderWatch(inbox)
    arrive(inbox, "a.csv", "Ada")
    take_all(folder, session)
    arrive(inbox, "a.csv", "Ada")
    (event,) = take_all(folder, session)
    assert event.outcome is Taken.RECOGNISED
    assert len(list((inbox / "done").iterdir())) == 2
    assert divers(session) == 1


def test_a_refused_file_is_put_aside_with_the_reason_beside_it(inbox: Path, session: Session) -> None:
    (inbox / "bad.csv").write_text("Colour,Shape\nred,round\n")
    (event,) = take_all(FolderWatch(inbox), session)
    assert event.outcome is Taken.REFUSED
    reason = (inbox / "refused" / "bad.csv.reason.txt").read_text()
    assert "no column" in reason
    assert session.count("Batch_Summary") == 0


def test_options_map_what_the_guess_cannot_know(inbox: Path, session: Session) -> None:
    (inbox / "odd.csv").write_text("A,B,C,D\nAda,Doe,ada@example.org,1990-05-17\n")
    mapping = {"first_name": "A", "last_name": "B", "email": "C", "date_of_birth": "D"}
    options = WatchOptions(mapping, {"certification": "Open Water Diver"})
    (event,) = take_all(FolderWatch(inbox, options), session)
    assert event.outcome is Taken.GOVERNED
    assert session.select("Diver_Directory", ["Certification"]) == [{"Certification": "Open Water Diver"}]


def test_a_file_that_is_written_while_it_is_read_stays(
    inbox: Path, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = arrive(inbox, "a.csv", "Ada")
    folder = FolderWatch(inbox)
    folder.look()
    folder.look()
    real = watching.ingest

    def overwritten(*arguments: object, **named: object) -> object:
        report = real(*arguments, **named)  # type: ignore[arg-type]
        arrive(inbox, "a.csv", "Bob", "Cyd")
        return report

    monkeypatch.setattr(watching, "ingest", overwritten)
    assert folder.take(session, path).outcome is Taken.KEPT
    monkeypatch.undo()
    (event,) = take_all(folder, session)
    assert event.outcome is Taken.GOVERNED
    assert divers(session) == 3


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="gives up being root to be refused")
def test_a_file_that_may_not_be_read_is_kept_and_tried_again(session: Session, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    temporary = Path(tempfile.gettempdir())
    for folder_on_the_way in (inbox, *inbox.parents):
        if temporary in folder_on_the_way.parents:
            folder_on_the_way.chmod(0o755)
    path = arrive(inbox, "a.csv", "Ada")
    folder = FolderWatch(inbox)
    folder.look()
    path.chmod(0)
    folder.look()
    os.seteuid(65534)
    try:
        event = folder.take(session, path)
    finally:
        os.seteuid(0)
    assert event.outcome is Taken.KEPT
    assert folder.look() == []
    path.chmod(0o644)
    folder.retry()
    (again,) = take_all(folder, session)
    assert again.outcome is Taken.GOVERNED


def test_what_is_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="no folder"):
        FolderWatch(tmp_path / "nowhere")


def test_watching_goes_on_after_the_database_was_away(inbox: Path, workspace: Path) -> None:
    arrive(inbox, "a.csv", "Ada")
    happened: list[str] = []
    away = iter([True, False])
    token = CancelToken()

    def open_session() -> Session:
        if next(away):
            raise ConnectionFailed("The server is away.")
        return open_workspace(workspace)

    def on_event(event: WatchEvent) -> None:
        happened.append(event.outcome.value)
        token.cancel()

    with pytest.raises(Cancelled):
        watch(
            FolderWatch(inbox),
            open_session,
            on_event,
            lambda error: happened.append(error.title),
            wait=lambda seconds: happened.append(f"wait {seconds:.0f}"),
            cancel=token,
        )
    assert happened == ["wait 2", "The server is away.", "wait 30", "governed"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks a child a point")
def test_a_watcher_killed_anywhere_governs_each_file_once(tmp_path: Path) -> None:
    """It is killed ahead of every move and at every twelfth statement, and started again until it ends."""
    names = ("a.csv", "b.csv", "bad.csv")
    kills = 0
    for point in range(1, 400, 12):
        place = tmp_path / str(point)
        (place / "inbox").mkdir(parents=True)
        with closing(open_workspace(place / "workspace.db")) as session:
            deploy(session)
        arrive(place / "inbox", "a.csv", "Ada", "Bob")
        arrive(place / "inbox", "b.csv", "Cyd")
        (place / "inbox" / "bad.csv").write_text("Colour\nred\n")
        killed = killed_at(point, place)
        kills += killed
        run_once(place, lambda: None)
        with closing(sqlite3.connect(place / "workspace.db")) as connection:
            batches = connection.execute(
                "SELECT Source_Name, Status FROM Ingestion_Batch ORDER BY Source_Name"
            ).fetchall()
            (count,) = connection.execute("SELECT count(*) FROM Diver").fetchone()
        assert (batches, count) == ([("a.csv", "Governed"), ("b.csv", "Governed")], 3), point
        lying = {path.name for path in (place / "inbox").rglob("*.csv")}
        assert lying == set(names)
        assert {path.name for path in (place / "inbox" / "done").iterdir()} == {"a.csv", "b.csv"}
        assert {path.name for path in (place / "inbox" / "refused").iterdir()} == {
            "bad.csv",
            "bad.csv.reason.txt",
        }
        if not killed:
            break
    assert kills > 5


def killed_at(point: int, place: Path) -> bool:
    """Whether a watcher in a child of this process was killed before it was done."""
    child = os.fork()
    if child == 0:
        left = iter(range(point, -1, -1))

        def step() -> None:
            if next(left) == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        run_once(place, step)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def run_once(place: Path, step: Callable[[], None]) -> None:
    """Look twice and take what is complete; `step` is called at each statement and ahead of each move."""

    class Watched(sqlite3.Connection):
        def __init__(self, *arguments: object, **named: object) -> None:
            super().__init__(*arguments, **named)  # type: ignore[arg-type]
            self.set_trace_callback(lambda _: step())

    import divegov_gui.database.sqlite_file as file_module

    real_connect, real_rename = sqlite3.connect, Path.rename
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            file_module.sqlite3, "connect", lambda *a, **n: real_connect(*a, **{"factory": Watched, **n})
        )

        def rename(self: Path, target: Path) -> Path:
            step()
            moved = real_rename(self, target)
            step()
            return moved

        patch.setattr(Path, "rename", rename)
        with closing(open_workspace(place / "workspace.db")) as session:
            folder = FolderWatch(place / "inbox")
            take_all(folder, session)
