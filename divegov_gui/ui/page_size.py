"""How many rows a list shows at first where it is not one that scrolls through everything.

The quarantine, the batches, a batch's records and the directory hold all their rows, however many. Searches, logs and
lists of changes show a page, say how many there are, and go on by pages where there is more.
"""

from __future__ import annotations

SIZES = (50, 100, 200, 500, 1000, 5000)
DEFAULT = 500
_size = DEFAULT


def page_size() -> int:
    """Rows a page."""
    return _size


def set_page_size(size: int) -> None:
    """Show so many rows a page from now on; what is none of SIZES counts as the default."""
    global _size
    _size = size if size in SIZES else DEFAULT
