"""Suggested fixes for quarantined records: Python proposes, the database judges.

`suggest` is all that a caller needs; `read_knowledge` once, where it is called often.
"""

from __future__ import annotations

from divegov_gui.services.suggestions.judging import clearly_best, suggest, unambiguous
from divegov_gui.services.suggestions.knowledge import Knowledge, read_knowledge
from divegov_gui.services.suggestions.model import (
    Confidence,
    Proposal,
    Suggestion,
    Values,
    words_of,
)

__all__ = [
    "Confidence",
    "Knowledge",
    "Proposal",
    "Suggestion",
    "Values",
    "clearly_best",
    "read_knowledge",
    "suggest",
    "unambiguous",
    "words_of",
]
