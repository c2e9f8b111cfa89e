"""What can be done to many records at once: each operation says what it makes of some of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple, Protocol

from divegov_gui.core.errors import InputRefused
from divegov_gui.core.records import COLUMNS
from divegov_gui.database.session import Session
from divegov_gui.services.suggestions import Knowledge, Suggestion, Values, suggest, unambiguous, words_of
from divegov_gui.services.suggestions.name_case import proper

_REPEATS_A_REPEAT = re.compile(r"\((?:[^()\\]|\\.)*[*+}](?:[^()\\]|\\.)*\)[*+{]")

Changes = Mapping[str, str | None]
"""New values by column."""


class Made(NamedTuple):
    """What becomes of one record; `failed_checks` is what it would still fail, where that was judged already."""

    changes: Changes
    failed_checks: int | None = None


class Untouched(Enum):
    """Why an operation leaves a record as it is."""

    NOTHING_TO_DO = "nothing to change"
    AMBIGUOUS = "no fix is the only likely one"
    NO_SUGGESTION = "nothing there that it would mend"


class Operation(Protocol):
    """Something that can be done to many records."""

    @property
    def words(self) -> str:
        """What it does, as a sentence."""
        ...

    @property
    def kind(self) -> str:
        """The kind of edit that it is saved as."""
        ...

    def changes(
        self, session: Session, records: Sequence[Values], knowledge: Knowledge
    ) -> dict[int, Made | Untouched]:
        """What becomes of each record, by its quarantine id."""
        ...


@dataclass(frozen=True)
class LikeThis:
    """The same kind of repair, in the same column, that a steward has just seen in one record."""

    column: str
    repair: str
    kind: str = "Bulk"

    @property
    def words(self) -> str:
        """What it does, as a sentence."""
        return words_of(self.repair)

    def changes(
        self, session: Session, records: Sequence[Values], knowledge: Knowledge
    ) -> dict[int, Made | Untouched]:
        """The repair of each record that it fits; two of the same kind are one too many."""
        found = suggest(
            session,
            records,
            knowledge,
            improve=True,
            columns=(self.column,),
            wanted=lambda proposal: proposal.kind == self.repair,
        )
        return {each.quarantine_id: _only(found.get(each.quarantine_id, ())) for each in records}


@dataclass(frozen=True)
class BestSuggestion:
    """For each failing column of `columns` the fix that may be taken unseen, where there is one."""

    columns: tuple[str, ...] = COLUMNS
    kind: str = "Suggestion"
    words: str = "Takes the suggestion wherever only one is likely"

    def changes(
        self, session: Session, records: Sequence[Values], knowledge: Knowledge
    ) -> dict[int, Made | Untouched]:
        """The unambiguous fixes of each record, all of its columns together."""
        found = suggest(session, records, knowledge, columns=self.columns)
        return {each.quarantine_id: self._best(found.get(each.quarantine_id, ())) for each in records}

    def _best(self, suggestions: Sequence[Suggestion]) -> Made | Untouched:
        if not suggestions:
            return Untouched.NO_SUGGESTION
        chosen: list[Suggestion] = []
        for column in self.columns:
            best = unambiguous(each for each in suggestions if each.column == column)
            if best is not None and not any(best.changes.keys() & each.changes.keys() for each in chosen):
                chosen.append(best)
        if len(chosen) == 1:
            return Made(chosen[0].changes, chosen[0].failed_checks)
        together = {column: text for each in chosen for column, text in each.changes.items()}
        return Made(together) if together else Untouched.AMBIGUOUS


@dataclass(frozen=True)
class _TextOperation:
    """An operation that makes a new text of each text of some columns, whatever else the record holds."""

    columns: tuple[str, ...]
    words: str
    make: Callable[[str | None], str | None]
    kind: str = "Bulk"

    def changes(
        self, session: Session, records: Sequence[Values], knowledge: Knowledge
    ) -> dict[int, Made | Untouched]:
        """The texts that come out differently."""
        return {each.quarantine_id: self._changes(each) for each in records}

    def _changes(self, record: Values) -> Made | Untouched:
        made = {column: self.make(record[column]) for column in self.columns}
        changed = {
            column: text for column, text in made.items() if (text or None) != (record[column] or None)
        }
        return Made(changed) if changed else Untouched.NOTHING_TO_DO


def SetValue(column: str, value: str | None) -> Operation:  # noqa: N802 - reads as the operation it makes
    """Write one value into a column; None or blank empties it."""
    text = value if value and value.strip() else None
    words = f"Writes one value into {column}" if text else f"Empties {column}"
    return _TextOperation((column,), words, lambda _: text)


def Trim(columns: Sequence[str] = COLUMNS) -> Operation:  # noqa: N802
    """Take away the blanks around a value, and all but one between its words."""
    return _TextOperation(
        tuple(columns),
        "Takes away needless blanks",
        lambda text: None if text is None else re.sub(r"\s+", " ", text).strip() or None,
    )


def ProperCase(columns: Sequence[str] = ("First_Name", "Last_Name")) -> Operation:  # noqa: N802
    """Write names that are all upper or all lower case as people write them."""
    return _TextOperation(
        tuple(columns),
        "Writes names in upper and lower case",
        lambda text: None if text is None else proper(text),
    )


def Replace(  # noqa: N802
    columns: Sequence[str], find: str, replacement: str, *, regex: bool = False, match_case: bool = False
) -> Operation:
    r"""Find and replace. With `regex`, `find` is a pattern and ``\1`` in `replacement` its first group.

    Raises InputRefused for a pattern or a replacement that cannot be read.
    """
    pattern = _pattern(find, regex=regex, match_case=match_case)
    written: str | Callable[[re.Match[str]], str] = replacement if regex else lambda _: replacement
    _try_out(pattern, written)
    return _TextOperation(
        tuple(columns),
        "Finds and replaces",
        lambda text: None if text is None else pattern.sub(written, text) or None,
    )


def _pattern(find: str, *, regex: bool, match_case: bool) -> re.Pattern[str]:
    if not find:
        raise InputRefused(
            "There is nothing to find.", "The text to look for is empty.", "Write what to look for."
        )
    if regex and _REPEATS_A_REPEAT.search(find):
        raise InputRefused(
            "The pattern might never come to an end.",
            "It repeats a group that repeats something itself, such as (a+)+, which can take for ever on one value.",
            "Write it with one repeat only, such as a+.",
        )
    try:
        return re.compile(find if regex else re.escape(find), 0 if match_case else re.IGNORECASE)
    except re.error as error:
        at = f" at place {error.pos + 1}" if error.pos is not None else ""
        raise InputRefused(
            "The pattern cannot be read.",
            f"It is no regular expression: {error.msg}{at}.",
            "Correct it, or look for plain text. A sign such as ( or * stands for itself behind a backslash.",
        ) from error


def _try_out(pattern: re.Pattern[str], replacement: str | Callable[[re.Match[str]], str]) -> None:
    """Raise InputRefused for a replacement that names a group which the pattern has not."""
    if not isinstance(replacement, str):
        return
    try:
        re.compile(f"(?:{pattern.pattern})|", pattern.flags).sub(replacement, "")
    except (re.error, IndexError) as error:
        raise InputRefused(
            "The replacement cannot be read.",
            f"{str(error).capitalize()}.",
            rf"The pattern has {pattern.groups} groups: \1 is the first. Write \\ for a backslash.",
        ) from error


def _only(suggestions: Sequence[Suggestion]) -> Made | Untouched:
    if not suggestions:
        return Untouched.NO_SUGGESTION
    if len(suggestions) > 1:
        return Untouched.AMBIGUOUS
    return Made(suggestions[0].changes, suggestions[0].failed_checks)
