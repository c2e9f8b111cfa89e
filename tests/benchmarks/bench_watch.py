"""What a watched folder costs while nothing arrives: CPU time over some idle seconds, in per cent of a core.

    python -m tests.benchmarks.bench_watch [SECONDS]

The folder holds 300 files that are none of ours and 20 that were found and could not be taken.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QTimer

from divegov_gui import app as door
from divegov_gui.services.connections import Workspace
from divegov_gui.ui.capture import settle
from divegov_gui.ui.settings import UiSettings
from divegov_gui.ui.theme import ThemeManager
from divegov_gui.ui.watching import Watched


def idle(seconds: float) -> float:
    """Let the window rest; returns the CPU time spent, in per cent of one core."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    wall, cpu = time.monotonic(), time.process_time()
    loop.exec()
    return (time.process_time() - cpu) / (time.monotonic() - wall) * 100


def main() -> None:
    """Measure without a folder and with one."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 20.0
    app = door._application()
    with tempfile.TemporaryDirectory(prefix="divegov-bench-") as folder:
        inbox = Path(folder) / "inbox"
        inbox.mkdir()
        for number in range(300):
            (inbox / f"note-{number}.pdf").write_text("x")
        for number in range(20):
            (inbox / f"empty-{number}.csv").write_text("")  # nothing in it: it may still be written
        steward = door.Steward(
            Workspace(Path(folder) / "workspace.db"), None, ThemeManager(app, "light"), UiSettings()
        )
        steward.window.show()
        settle(steward.is_quiet)
        idle(1)
        print(f"window alone: {idle(seconds):.3f} % of a core")
        steward.context.watching.start(Watched(str(inbox)))
        settle(lambda: steward.context.watching.is_on)
        idle(3)
        print(f"watching a folder of 320 files: {idle(seconds):.3f} % of a core")
        steward.window.close()
        steward.shut_down()


if __name__ == "__main__":
    main()
