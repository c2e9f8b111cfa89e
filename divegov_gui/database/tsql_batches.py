"""Cutting a T-SQL script into batches, as sqlcmd and SSMS do: the server has never heard of GO."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# What hides a GO, and GO itself. Doubled delimiters (''  ""  ]]) stand for themselves; what is not closed reaches to
# the end. The end of a block comment is looked for by _end_of_comment, since T-SQL's may be nested.
_TOKEN = re.compile(
    r"""
      '[^']*(?:''[^']*)*(?:'|\Z)
    | "[^"]*(?:""[^"]*)*(?:"|\Z)
    | \[[^\]]*(?:\]\][^\]]*)*(?:\]|\Z)
    | (?P<line_comment>--[^\n]*)
    | (?P<block_comment>/\*)
    | (?P<go>^[ \t]*GO(?:[ \t]+0*(?P<count>[1-9][0-9]*))?[ \t]*(?:--[^\n]*|/\*[^*/\n]*\*/[ \t]*)?\r?$)
    """,
    re.IGNORECASE | re.MULTILINE | re.VERBOSE | re.ASCII,
)
_COMMENT_EDGE = re.compile(r"/\*|\*/")


@dataclass(frozen=True)
class Batch:
    """What is sent to the server at once: `text`, which begins on `line` (from 1) of its script, `repeat` times.

    An error that the server reports on line n of the batch stands on line `line` + n - 1 of the script.
    """

    line: int
    text: str
    repeat: int = 1


def split_batches(text: str) -> list[Batch]:
    """The batches of a script, without those that hold nothing but blanks and comments.

    GO ends a batch where it stands first on a line, in any letter case; a count (the batch runs that often) and a
    comment may follow on the line. It means nothing inside a string, a quoted or bracketed identifier or a comment,
    and `GO;` is none at all (https://learn.microsoft.com/sql/t-sql/language-elements/sql-server-utilities-statements-go):
    such a line goes to the server with its batch, and the server says what is wrong with it.
    """
    batches = []
    start = 0
    for end, after, count in _separators(text):
        batches += _batch(text, start, end, count)
        start = after
    return batches + _batch(text, start, len(text), 1)


def _separators(text: str) -> Iterator[tuple[int, int, int]]:
    """Each GO: where its line begins, where the next begins, and its count."""
    for token in _tokens(text):
        if token["go"] is not None:
            yield token.start(), token.end() + 1, int(token["count"] or 1)


def _tokens(text: str) -> Iterator[re.Match[str]]:
    """The tokens of a script from its start to its end; the inside of a comment yields none."""
    position = 0
    while (token := _TOKEN.search(text, position)) is not None:
        yield token
        position = _end_of_comment(text, token.end()) if token["block_comment"] else token.end()


def _end_of_comment(text: str, position: int) -> int:
    """Where the block comment ends whose /* ended at `position`."""
    depth = 1
    while (edge := _COMMENT_EDGE.search(text, position)) is not None:
        position = edge.end()
        depth += 1 if edge[0] == "/*" else -1
        if depth == 0:
            return position
    return len(text)


def _batch(text: str, start: int, end: int, repeat: int) -> list[Batch]:
    """The batch between two separators, without the blank lines around it; none where nothing would be run."""
    body = text[start:end].rstrip()
    blank = re.match(r"(?:[^\S\n]*\n)*", body)
    first = blank.end() if blank else 0
    if not _does_something(body):
        return []
    return [Batch(1 + text.count("\n", 0, start + first), body[first:], repeat)]


def _does_something(body: str) -> bool:
    position = 0
    for token in _tokens(body):
        if body[position : token.start()].strip() or not (token["line_comment"] or token["block_comment"]):
            return True
        position = _end_of_comment(body, token.end()) if token["block_comment"] else token.end()
    return bool(body[position:].strip())
