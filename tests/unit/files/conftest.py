from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from divegov_gui.core.errors import InputRefused
from divegov_gui.services.files import SourceFile, inspect_file

Write = Callable[..., Path]
Refused = Callable[..., InputRefused]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write text (or bytes) to a real file and return its path."""

    def _write(content: str | bytes, name: str = "divers.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return _write


@pytest.fixture
def read(write: Write) -> Callable[..., SourceFile]:
    """Write a file and inspect it."""

    def _read(
        content: str | bytes, name: str = "divers.csv", encoding: str = "utf-8", **how: Any
    ) -> SourceFile:
        return inspect_file(write(content, name, encoding), **how)

    return _read


@pytest.fixture
def refused(write: Write) -> Refused:
    """Write a file and return the refusal that its inspection must end with; a person must get all of it."""

    def _refused(
        content: str | bytes, name: str = "divers.csv", encoding: str = "utf-8", **how: Any
    ) -> InputRefused:
        with pytest.raises(InputRefused) as caught:
            inspect_file(write(content, name, encoding), **how)
        error = caught.value
        assert error.title.endswith(".")
        assert error.hint
        return error

    return _refused
