"""Pages of HTML on paper: a PDF of A4, and errors in words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMarginsF
from PySide6.QtGui import QPageLayout, QPageSize, QPdfWriter, QTextDocument

from divegov_gui.core.errors import DiveGovError
from divegov_gui.ui.theme.fonts import text_font


def write_wide_pdf(page: str, path: Path) -> None:
    """Write a page of HTML with wide tables as a PDF of A4 on its side. Raises OSError where it cannot be written."""
    write_pdf(page, path, QPageLayout.Orientation.Landscape)


def write_pdf(
    page: str, path: Path, orientation: QPageLayout.Orientation = QPageLayout.Orientation.Portrait
) -> None:
    """Write a page of HTML as a PDF of A4. Raises OSError where it cannot be written."""
    with path.open("wb"):
        pass  # QPdfWriter says nothing where it cannot write
    writer = QPdfWriter(str(path))
    writer.setPageLayout(
        QPageLayout(
            QPageSize(QPageSize.PageSizeId.A4),
            orientation,
            QMarginsF(16, 16, 16, 16),
            QPageLayout.Unit.Millimeter,
        )
    )
    writer.setTitle(path.stem)
    document = QTextDocument()
    document.setDefaultFont(text_font(11))
    document.setHtml(page)
    document.setPageSize(writer.pageLayout().paintRectPoints().size().toSizeF())
    document.print_(writer)


def with_reason(path: Path, write: Callable[[], object]) -> None:
    """Write, and say in words why it cannot be done. Raises DiveGovError."""
    try:
        write()
    except OSError as error:
        raise DiveGovError(
            f"{path.name} cannot be written.",
            error.strerror or "",
            "Choose a folder that you may write to.",
        ) from error
