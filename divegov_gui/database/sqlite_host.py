"""When it is and who is working: what SYSUTCDATETIME() and ORIGINAL_LOGIN() are to SQL Server."""

from __future__ import annotations

import os
import threading
from datetime import datetime, timedelta, timezone


def login() -> str:
    """Who is working, as the operating system has it: no environment variable says so."""
    try:
        import pwd
    except ImportError:  # Windows, where this asks the system
        return os.getlogin()
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container's user without an entry
        return f"uid {os.getuid()}"


class Clock:
    """UTC with microseconds, never the same twice in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = datetime.min.replace(tzinfo=timezone.utc)

    def now(self) -> str:
        """The instant as text, such as ``2026-11-22 20:18:43.123456``."""
        with self._lock:
            self._last = max(datetime.now(timezone.utc), self._last + timedelta(microseconds=1))
            return self._last.strftime("%Y-%m-%d %H:%M:%S.%f")


CLOCK = Clock()
