"""A file that is no table is refused, saying what it appears to be; so is one that cannot be opened."""

from __future__ import annotations

import errno
import io
import os
import sqlite3
import zipfile
from pathlib import Path

import pytest

from divegov_gui.core.errors import Cancelled, InputRefused
from divegov_gui.core.progress import CancelToken, Progress
from divegov_gui.services.files import inspect_file

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def archive(*names: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as parts:
        for name in names:
            parts.writestr(name, "<x/>")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\n", "PDF"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "PNG"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "JPEG"),
        (b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0", "Windows program"),
        (b"\x7fELF\2\1\1\0", "program"),
        (b"\x1f\x8b\x08\0\0\0\0\0", "gzip"),
        (OLE + bytes(600), "old Excel workbook"),
        (OLE + bytes(600) + "WordDocument".encode("utf-16-le"), "Word"),
        (bytes(range(256)) * 8, "binary"),
        (archive("a.txt"), "ZIP archive"),
        (archive("[Content_Types].xml", "word/document.xml"), "Word document"),
        (archive("mimetype", "content.xml"), "OpenDocument"),
        (archive("xl/workbook.bin"), "XLSB"),
        (b"<!DOCTYPE html><html><table><tr><td>a</td></tr></table></html>", "web page"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><rows/>', "XML"),
    ],
)
@pytest.mark.parametrize("name", ["divers.csv", "divers"])
def test_a_file_of_another_kind_is_refused_by_its_content(refused, content, what, name):
    assert what in refused(content, name).detail


def test_an_old_excel_workbook_is_told_to_be_saved_as_xlsx(refused):
    assert "save it as XLSX" in refused(OLE + bytes(600), "divers.xls").hint


def test_a_protected_workbook_is_refused_as_such(refused):
    content = OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le")
    assert "password" in refused(content, "divers.xlsx").title


def test_an_sqlite_database_is_refused(tmp_path):
    path = tmp_path / "divers.csv"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE diver (a)")
    connection.close()
    with pytest.raises(InputRefused) as caught:
        inspect_file(path)
    assert "SQLite" in caught.value.detail


@pytest.mark.parametrize("header", ["MZ,PK", "BMI,Name", "PAR1;b"])
def test_a_text_that_starts_like_a_binary_is_a_text(read, header):
    assert read(f"{header}\n1,2\n".replace(",", ";")).row_count == 1


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(InputRefused, match="folder"):
        inspect_file(tmp_path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(InputRefused, match=r"There is no file nowhere\.csv"):
        inspect_file(tmp_path / "nowhere.csv")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(InputRefused, match="not a file"):
        inspect_file(tmp_path / "pipe.csv")


@pytest.mark.parametrize(
    ("error", "title"),
    [
        (PermissionError(errno.EACCES, "Permission denied"), "may not be read"),
        (OSError(errno.EIO, "Input/output error"), "cannot be read"),
    ],
)
def test_what_the_system_does_not_hand_out_is_refused(write, monkeypatch, error, title):
    path = write("a,b\n1,2\n")

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(Path, "open", fail)
    with pytest.raises(InputRefused, match=title) as caught:
        inspect_file(path)
    assert caught.value.hint


def test_an_inspection_tells_how_far_it_is(write):
    path = write("a,b\n" + "1,2\n" * 20_000)
    seen: list[Progress] = []
    inspect_file(path, progress=seen.append)
    assert seen
    assert all(report.total is None or report.done <= report.total for report in seen)


@pytest.mark.parametrize("name", ["divers.csv", "divers.jsonl"])
def test_an_inspection_can_be_stopped(write, name):
    path = write("a,b\n1,2\n" if name.endswith("csv") else '{"a":1}\n', name)
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        inspect_file(path, cancel=token)


def test_a_file_that_is_written_to_meanwhile_is_refused(write):
    path = write("a,b\n" + "1,2\n" * 20_000)

    def meddle(_: Progress) -> None:
        with path.open("a") as stream:
            stream.write("3,4\n")

    with pytest.raises(InputRefused, match="changed"):
        inspect_file(path, progress=meddle)
