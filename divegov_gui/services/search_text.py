"""How much text one search takes, the same on every database.

SQL Server takes 2,100 values in one query, and 4,000 units of UTF-16 in what LIKE looks for; SQLite takes 1,000
conditions in one another (learn.microsoft.com, "Maximum capacity specifications" and "LIKE (Transact-SQL)";
sqlite.org/limits.html). A word is looked for in seven columns and up to five spellings, and a character may need three
units.
"""

from __future__ import annotations

from divegov_gui.core.errors import InputRefused
from divegov_gui.core.numbers import grouped

MOST_WORDS = 50
LONGEST = 1_000


def require_searchable(text: str) -> None:
    """Raises InputRefused, with what to do, where a text is more than one search takes."""
    words = len(text.split())
    if words <= MOST_WORDS and len(text) <= LONGEST:
        return
    counted = f"{grouped(words)} {'word' if words == 1 else 'words'} and {grouped(len(text))} characters"
    raise InputRefused(
        "This is too much for one search.",
        f"It has {counted}; a search takes up to {grouped(MOST_WORDS)} words and {grouped(LONGEST)} characters.",
        "Search for one name, email or number.",
    )
