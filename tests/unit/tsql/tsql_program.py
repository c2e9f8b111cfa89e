"""The body of a T-SQL procedure as blocks, conditions and commands, as far as the scripts use them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from tsql_statements import VERBS


@dataclass(frozen=True)
class Command:
    """One statement without its semicolon."""

    text: str


@dataclass(frozen=True)
class If:
    """IF, and what follows either way."""

    condition: str
    consequent: Node
    otherwise: Node | None


@dataclass(frozen=True)
class Block:
    """BEGIN … END."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True)
class Try:
    """BEGIN TRY … END TRY BEGIN CATCH … END CATCH."""

    body: Block
    handler: Block


Node = Command | If | Block | Try

_BLANK = re.compile(r"[\s;]*")
_TOKEN = re.compile(rf"N?'(?:[^']|'')*'|[();]|\b(?:{VERBS})\b")


@lru_cache(maxsize=256)
def program(body: str) -> Block:
    """Read what stands behind AS, or a batch."""
    reader = _Reader(body)
    return Block(tuple(reader.nodes(r"\Z")))


class _Reader:
    def __init__(self, sql: str) -> None:
        self._sql = sql
        self._at = 0

    def nodes(self, closing: str) -> list[Node]:
        """Everything up to the word that closes."""
        found: list[Node] = []
        while True:
            self._at = self._match(_BLANK.pattern).end()
            if self._take(closing):
                return found
            found.append(self._node())

    def _node(self) -> Node:
        if self._take(r"BEGIN\s+TRY\b"):
            body = Block(tuple(self.nodes(r"END\s+TRY\b")))
            self._at = self._match(_BLANK.pattern).end()
            assert self._take(r"BEGIN\s+CATCH\b"), self._rest()
            return Try(body, Block(tuple(self.nodes(r"END\s+CATCH\b"))))
        if self._take(r"BEGIN\b(?!\s+TRAN)"):
            return Block(tuple(self.nodes(r"END\b(?!\s+(?:TRY|CATCH))")))
        if self._take(r"IF\b"):
            return self._if()
        return Command(self._up_to(";"))

    def _if(self) -> If:
        condition = self._up_to("verb")
        consequent = self._node()
        self._at = self._match(_BLANK.pattern).end()
        otherwise = None
        if self._take(r"ELSE\b"):
            self._at = self._match(_BLANK.pattern).end()
            otherwise = self._node()
        return If(condition, consequent, otherwise)

    def _up_to(self, what: str) -> str:
        """The text up to a semicolon, or to the verb of a statement, outside of parentheses and strings."""
        start, depth = self._at, 0
        for token in _TOKEN.finditer(self._sql, start):
            if token[0] in "()":
                depth += 1 if token[0] == "(" else -1
            elif depth == 0 and (token[0] == ";" if what == ";" else token[0][-1] not in "';"):
                self._at = token.start() + (1 if what == ";" else 0)
                return self._sql[start : token.start()].strip()
        raise ValueError(f"no end: {self._rest()}")

    def _match(self, pattern: str) -> re.Match[str]:
        found = re.compile(pattern).match(self._sql, self._at)
        assert found
        return found

    def _take(self, pattern: str) -> bool:
        found = re.compile(pattern).match(self._sql, self._at)
        if found:
            self._at = found.end()
        return found is not None

    def _rest(self) -> str:
        return self._sql[self._at : self._at + 80]
