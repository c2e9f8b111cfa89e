"""What an error says is the same in the window and on the command line; how to do it there is said apart."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import divegov_gui

FOLDER = Path(divegov_gui.__file__).parent
OPTION = re.compile(r"--[a-z]")
SPEAKS_OF_OPTIONS = {"_map_option"}
"""Functions that make nothing but the command line's words."""


def spoken(tree: ast.AST) -> Iterator[ast.Constant]:
    """Every text in the code but docstrings and what is given as `options`."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.keyword) and node.arg == "options":
            continue
        if isinstance(node, ast.FunctionDef) and node.name in SPEAKS_OF_OPTIONS:
            continue
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node
        yield from spoken(node)


def test_no_words_below_the_faces_name_an_option_of_the_command_line() -> None:
    named = [
        f"{path.name}:{text.lineno}: {text.value}"
        for layer in ("core", "database", "services", "ui")
        for path in (FOLDER / layer).rglob("*.py")
        for text in spoken(ast.parse(path.read_text("utf-8")))
        if OPTION.search(text.value)
    ]
    assert named == []
