"""DiveGov Steward: data stewardship for a dive platform, on SQL Server and SQLite."""

__version__ = "0.1.0"
