"""A fake server with the statements that it answers, and work in the background, for the tests of sessions with it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from fake_odbc import Answer, Odbc, Result

from divegov_gui.database.odbc_profile import SqlServerProfile
from divegov_gui.database.sqlserver import SqlServerSession, open_sqlserver

PROFILE = SqlServerProfile(server="sql01", database="EnterpriseDiveDB", port=1433)
CATALOGUE = Result(
    ("name", "name", "name"),
    [
        ("Staging", "Govern_Batch", "@Batch_ID"),
        ("Staging", "Govern_Batch", "@Rehearse"),
        ("Staging", "Load_Batch", "@Batch_ID"),
        ("Staging", "Load_Batch", "@Rows"),
        ("dbo", "Retest]it", None),
    ],
)


KNOWN = {
    "sys.procedures": CATALOGUE,
    "AS Records": Result(("Records", "Drift_View", "Sees_Definitions", "May_Read"), [(None, None, 1, None)]),
    "fn_my_permissions": Result(("permission_name",), [("CONTROL",)]),
    "ProductVersion": Result(
        ("Product_Version", "Edition", "Engine_Edition", "Compatibility_Level", "Name", "Quoted_Name"),
        [("16.0.4125.3", "Developer Edition (64-bit)", 3, 160, "EnterpriseDiveDB", "[EnterpriseDiveDB]")],
    ),
    "Governance.Record_Schema": Result(("id",), [(None,)]),
}
"""What an owner's empty database answers."""


class Clock:
    """Time as the test says it is."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []

    def __call__(self) -> float:
        return self.now

    def wait(self, _event: Any, seconds: float) -> None:
        self.pauses.append(seconds)


class Stage:
    """A fake server, the statements it answers, and sessions with it."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.answers: dict[str, list[Answer]] = {}
        self.odbc = Odbc(self._answer)
        self.sessions: list[SqlServerSession] = []

    def on(self, part: str, *answers: Answer) -> None:
        """Statements that contain `part` are answered by these, the last one for good."""
        self.answers[part] = list(answers)

    def open(self, profile: SqlServerProfile = PROFILE, **options: Any) -> SqlServerSession:
        session = open_sqlserver(profile, odbc=self.odbc, wait=self.clock.wait, clock=self.clock, **options)
        self.sessions.append(session)
        return session

    def texts(self) -> list[str]:
        return [text for text, _ in self.odbc.statements]

    def _answer(self, text: str, _values: list[Any]) -> Answer:
        for part, answers in self.answers.items():
            if part in text:
                return _copy(answers.pop(0) if len(answers) > 1 else answers[0])
        return _copy(next((known for part, known in KNOWN.items() if part in text), Result(("n",), [(1,)])))


def _copy(answer: Answer) -> Answer:
    """Rows are handed out once; the next time they are there again."""
    if isinstance(answer, Result):
        return Result(answer.columns, answer.rows, answer.messages, answer.error)
    return [_copy(one) for one in answer] if isinstance(answer, list) else answer


class Background:
    """Something that runs in another thread, and how it ended."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self.result: Any = None
        self.error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(work,))
        self._thread.start()

    def _run(self, work: Callable[[], Any]) -> None:
        try:
            self.result = work()
        except BaseException as error:  # noqa: BLE001 - the test looks at it
            self.error = error

    def join(self) -> None:
        self._thread.join(30)
        assert not self._thread.is_alive()
