"""How a page comes into sight the first time: the longest turn of the UI thread, and until all of it is there.

    python -m tests.benchmarks.bench_pages [TURNS] [PAGE ...]

A process a page and turn, with bytecode there, on a workspace with the demo: the window stands with another page, the
rail is clicked, and every pass of the event loop is timed by the processor's time of its thread until the page has its
data. Each figure is the least of the turns, since another program's work can only add to it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.bench_start import prepare

PAGES = ("overview", "connections", "deploy", "ingest", "quarantine", "rules", "history", "privacy")
_FIRST = """
import gc, json, sys, time
gc.disable()
from pathlib import Path
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from divegov_gui import app as door
from divegov_gui.services.connections import local_workspace
from divegov_gui.ui.settings import UiSettings

app, key = door._application(), sys.argv[1]
steward = door.Steward(local_workspace(), None, door.ThemeManager(app, "light"), UiSettings())
window = steward.window
if key == "overview":
    window.go_to("connections")
window.show()

def passes():
    taken, idle = [], 0
    while idle < 20:
        at = time.thread_time()
        app.processEvents()
        taken.append(time.thread_time() - at)
        idle = idle + 1 if steward.is_quiet() and taken[-1] < 0.0005 else 0
    return taken

passes()
door._collect_garbage()
began = time.monotonic()
at = time.thread_time()
QTest.mouseClick(window.nav.button(key), Qt.MouseButton.LeftButton)
taken = [time.thread_time() - at, *passes()]
print(json.dumps({"longest": sorted(taken, reverse=True)[:5], "there": sum(taken)}))
window.close()
steward.shut_down()
"""


def measure(page: str, environment: dict[str, str]) -> dict[str, object]:
    """What one first look at `page` took, in seconds."""
    done = subprocess.run(
        [sys.executable, "-c", _FIRST, page], env=environment, capture_output=True, text=True, check=True
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    """Measure page by page and print the longest passes."""
    turns = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory(prefix="divegov-bench-") as folder:
        environment = prepare(Path(folder))
        for page in sys.argv[2:] or PAGES:
            measure(page, environment)
            found = [measure(page, environment) for _ in range(turns)]
            least = min(found, key=lambda one: one["longest"][0])  # type: ignore[index]
            longest = ", ".join(f"{1000 * taken:.0f}" for taken in least["longest"])  # type: ignore[attr-defined]
            print(f"{page:12s} longest turns {longest} ms; in all {1000 * float(str(least['there'])):.0f} ms")


if __name__ == "__main__":
    main()
