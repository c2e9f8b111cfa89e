"""The report of a failure: what went wrong and where, free of personal data and secrets."""

from __future__ import annotations

import platform
import re
import traceback
from datetime import datetime, timezone
from pathlib import Path

from PySide6.QtCore import qVersion

from divegov_gui import __version__

_SECRET = re.compile(
    r"(?i)\b(pwd|password|passwd|secret|token|api[_-]?key|accesskey)\b(\s*[=:]\s*)[^\s;,)}]+"
)
_URL_SECRET = re.compile(r"(\w+://[^\s:/@]+):[^\s@]+@")
_EMAIL = re.compile(r"[^\s@'\"<>(),;:=\[\]]+@[^\s@'\"<>(),;:\[\]]+")
_QUOTED = re.compile(r"(?<!\w)'(?:[^'\\\n]|\\.|'(?=\w))*'|\"(?:[^\"\\\n]|\\.)*\"")
_LONG_NUMBER = re.compile(r"\+?\d[\d\s().-]{5,}\d")
_HOME = re.compile(r"(?i)([a-z]:\\users\\|/home/|/users/)[^\\/\s'\"]+")


def redact(text: str) -> str:
    """`text` without what may be personal or secret: quoted values, addresses, long numbers, homes."""
    text = _SECRET.sub(r"\1\2…", text)
    text = _URL_SECRET.sub(r"\1:…@", text)
    text = _EMAIL.sub("‹address›", text)
    text = _QUOTED.sub("‹value›", text)
    return _LONG_NUMBER.sub("‹number›", redact_home(text))


def redact_home(text: str) -> str:
    """`text` with the home folder as ``~`` and nobody's account name in a path."""
    home = str(Path.home())
    if len(home) > 1:
        text = text.replace(home, "~")
    return _HOME.sub("~", text)


def crash_text(error: BaseException) -> str:
    """The report of `error`: versions, then each exception's redacted message and where it was raised."""
    when = datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M:%SZ")
    lines = [
        f"DiveGov Steward {__version__} at {when}",
        f"Python {platform.python_version()}, Qt {qVersion()}, {platform.system()} {platform.release()}",
    ]
    shown: BaseException | None = error
    seen: set[int] = set()
    while shown is not None and id(shown) not in seen:
        seen.add(id(shown))
        lines += ["", f"{type(shown).__name__}: {redact(str(shown))}"]
        lines += [_frame(frame) for frame in traceback.extract_tb(shown.__traceback__)]
        shown = shown.__cause__ or (None if shown.__suppress_context__ else shown.__context__)
    return "\n".join(lines)


def _frame(frame: traceback.FrameSummary) -> str:
    where = f"{redact_home(frame.filename)}:{frame.lineno}"
    return f"  {where} in {frame.name}\n      {frame.line or ''}".rstrip()
