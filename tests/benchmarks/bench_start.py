"""What a start costs, against a bare Qt window in the same run: the least of several turns, each a process of its own.

    python -m tests.benchmarks.bench_start [TURNS]

"frame" is the window painted, with every page one click away; "page" is the overview with its numbers.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

_CLOCK = "import time, sys, json; began = time.perf_counter()\n"
_BARE = (
    _CLOCK
    + """
from PySide6.QtWidgets import QApplication, QWidget
app = QApplication([])
window = QWidget()
window.resize(1280, 800)
window.show()
app.processEvents()
window.grab()
print(json.dumps({"wall": time.perf_counter() - began, "cpu": time.process_time()}))
"""
)
_OURS = (
    _CLOCK
    + """
from pathlib import Path
from divegov_gui import app as door
from divegov_gui.services.connections import Workspace
from divegov_gui.ui.settings import UiSettings
from divegov_gui.ui.theme import ThemeManager
app = door._application()
steward = door.Steward(Workspace(Path(sys.argv[1])), None, ThemeManager(app, "light"), UiSettings())
steward.window.show()
app.processEvents()
steward.window.grab()
frame = {"wall": time.perf_counter() - began, "cpu": time.process_time()}
while not steward.is_quiet():
    app.processEvents()
steward.window.grab()
page = {"wall": time.perf_counter() - began, "cpu": time.process_time()}
steward.shut_down()
print(json.dumps({"frame": frame, "page": page}))
"""
)


def measure(program: str, *arguments: str) -> dict[str, dict[str, float]]:
    """What one start took."""
    command = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def make_workspace(path: Path) -> None:
    """A workspace with the demo in it."""
    from divegov_gui.services.connections import Workspace
    from divegov_gui.services.deployment import deploy
    from divegov_gui.services.generation import GeneratedSource, GenerationRequest
    from divegov_gui.services.ingestion import ingest

    with Workspace(path).open_session() as session:  # type: ignore[attr-defined]
        deploy(session)
        ingest(session, GeneratedSource(GenerationRequest(1000)))


def main() -> None:
    """Measure in turns, so that a busy moment meets both, and print the ratios."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    turns = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    bare: list[dict[str, float]] = []
    ours: list[dict[str, dict[str, float]]] = []
    with tempfile.TemporaryDirectory(prefix="divegov-bench-") as folder:
        workspace = Path(folder) / "workspace.db"
        make_workspace(workspace)
        for _ in range(turns):
            bare.append(measure(_BARE))  # type: ignore[arg-type]
            ours.append(measure(_OURS, str(workspace)))
    for clock in ("wall", "cpu"):
        yardstick = min(one[clock] for one in bare)
        print(f"{clock}: bare Qt window {yardstick * 1000:.0f} ms", end="")
        for what in ("frame", "page"):
            least = min(one[what][clock] for one in ours)
            print(f", {what} {least * 1000:.0f} ms ({least / yardstick:.2f} ×)", end="")
        print()


if __name__ == "__main__":
    main()
