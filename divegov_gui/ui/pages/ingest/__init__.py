"""The Ingest page: records come in, from a generator or from a file, and every one's outcome is told."""

from divegov_gui.ui.pages.ingest.page import IngestPage

__all__ = ["IngestPage"]
