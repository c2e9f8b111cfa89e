"""DiveGov Steward: data stewardship for a dive platform, on SQL Server and SQLite."""

import os

# numpy brings a library for linear algebra, which nothing here uses and which would start busy threads on import.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.1.0"
