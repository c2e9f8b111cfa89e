"""Quarantine: the workbench where a steward finds, reads, puts right and decides on rejected records.

Its page is in `page`, whose parts are brought in one by one before it is first shown.
"""
