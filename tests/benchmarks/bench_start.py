"""What a start costs, against a bare Qt window in the same run, from the process's beginning.

    python -m tests.benchmarks.bench_start [TURNS]

Both are processes of their own, in turns, so that a busy moment meets both; bytecode is there for both, as it is after
an installation. The bare window is a label in a QMainWindow. Ours is `divegov` alone, by its own door, on a workspace
with the demo: "frame" is the window painted and listening, with every page one click away, "page" the overview with
its numbers painted. Each is the median of the turns, by the clock on the wall and by the processor's time.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_WATCH = """
import json, os, sys, time

def until_painted(app, window):
    from PySide6.QtCore import QEvent, QObject

    class Painted(QObject):
        seen = False

        def eventFilter(self, watched, event):
            self.seen = self.seen or event.type() == QEvent.Type.Paint
            return False

    painted = Painted()
    window.installEventFilter(painted)
    while not painted.seen:
        app.processEvents()
    window.removeEventFilter(painted)
    return {"wall": time.monotonic() - float(os.environ["BEGAN"]), "cpu": time.process_time()}
"""
_BARE = (
    _WATCH
    + """
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow

app = QApplication([])
window = QMainWindow()
window.setCentralWidget(QLabel("A bare window"))
window.resize(1280, 800)
window.show()
print(json.dumps({"frame": until_painted(app, window)}))
"""
)
_OURS = (
    _WATCH
    + """
from divegov_gui import __main__ as door

def measure(app):
    from PySide6.QtCore import QEventLoop

    (window,) = [w for w in app.topLevelWidgets() if w.objectName() == "window"]
    steward = window.may_close.__self__
    frame = until_painted(app, window)
    while not steward.is_quiet():
        app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 20)
    window.update()
    page = until_painted(app, window)
    window.close()
    print(json.dumps({"frame": frame, "page": page}))
    return 0

def bring_in():
    module = window_module()
    module.QApplication.exec = measure
    return module

window_module, door._window = door._window, bring_in
door.main()
"""
)
Times = dict[str, dict[str, float]]


def measure(program: str, environment: dict[str, str]) -> Times:
    """What one start took, in seconds."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**environment, "BEGAN": repr(time.monotonic())},
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def prepare(folder: Path) -> dict[str, str]:
    """Put a workspace with the demo into a folder; returns the environment of a program at home there."""
    from divegov_gui.services.connections import Workspace
    from divegov_gui.services.deployment import deploy
    from divegov_gui.services.generation import GeneratedSource, GenerationRequest
    from divegov_gui.services.ingestion import ingest

    with Workspace(folder / "workspace.db").open_session() as session:  # type: ignore[attr-defined]
        deploy(session)
        ingest(session, GeneratedSource(GenerationRequest(1000)))
    home = {"DIVEGOV_HOME": str(folder), "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}
    environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ, **home}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment


def main() -> None:
    """Measure in turns and print the ratios."""
    turns = int(sys.argv[1]) if len(sys.argv) > 1 else 11
    with tempfile.TemporaryDirectory(prefix="divegov-bench-") as folder:
        environment = prepare(Path(folder))
        pairs = [(measure(_BARE, environment), measure(_OURS, environment)) for _ in range(turns + 1)][1:]
    for clock in ("wall", "cpu"):
        yardstick = statistics.median(bare["frame"][clock] for bare, _ in pairs)
        print(f"{clock}: bare Qt window {yardstick * 1000:.0f} ms", end="")
        for what in ("frame", "page"):
            taken = statistics.median(ours[what][clock] for _, ours in pairs)
            print(f", {what} {taken * 1000:.0f} ms ({taken / yardstick:.2f} ×)", end="")
        print()


if __name__ == "__main__":
    main()
