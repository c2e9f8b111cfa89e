"""How much of a file is taken at once. Past a limit a file is refused with a sentence, never cut."""

from __future__ import annotations

RECORD_LIMIT = 1 << 20
"""Characters that one record may hold (1 MiB); more is a quote that was never closed, or no table at all."""

COLUMN_LIMIT = 2_000
"""Columns that one file may bring."""

JSON_LIMIT = 128 << 20
"""Bytes of a JSON document, which is held in memory whole (128 MiB); JSON Lines has no such limit."""

XLSX_UNPACKED_LIMIT = 2 << 30
"""Bytes that the parts of a workbook may unpack to (2 GiB): a guard against archives made to explode."""

PREVIEW_ROWS = 50
"""Rows that an inspection brings back to be looked at."""

CHUNK_CHARACTERS = 16 << 20
"""Characters of payload at which a chunk is closed early, so that long records stay within memory."""

BLOCK = 1 << 20
"""Bytes read from a file at once."""
