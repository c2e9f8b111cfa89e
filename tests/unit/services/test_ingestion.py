"""Taking in a source whole: loaded in chunks, governed, reported; recognised the second time, resumed after a stop."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from divegov_gui.core.errors import Cancelled, InputRefused
from divegov_gui.core.progress import CancelToken, Progress
from divegov_gui.core.records import InjectedDefect, RawRecord, RecordChunk
from divegov_gui.database.session import Order, Session
from divegov_gui.database.sqlite import SqliteSession, open_workspace
from divegov_gui.services.files import FileSource, guess_mapping, inspect_file
from divegov_gui.services.generation import GeneratedSource, GenerationRequest
from divegov_gui.services.ingestion import IngestReport, ingest, read_report
from divegov_gui.services.quality import Outcomes, read_overview


def diver(row: int, **values: str | None) -> RawRecord:
    given = {
        "first_name": "Ada",
        "last_name": "L",
        "email": f"p{row}@example.org",
        "date_of_birth": "1990-05-17",
    }
    fields = {**dict.fromkeys(("phone", "certification", "source_reference")), **given, **values}
    return RawRecord(source_row=row, payload=json.dumps(fields), **fields)  # type: ignore[arg-type]


@dataclass
class Given:
    """A source of given chunks that counts what it was asked for."""

    parts: list[list[RawRecord]]
    row_count: int
    name: str = "given"
    kind: str = "file"
    content_hash: str = "hash"
    defects: list[InjectedDefect] = field(default_factory=list)
    handed_out: int = 0

    def chunks(self) -> Iterator[RecordChunk]:
        for part in self.parts:
            self.handed_out += 1
            yield RecordChunk(part, self.defects)


def given(rows: int, chunk: int = 2, **how: object) -> Given:
    records = [diver(row) for row in range(1, rows + 1)]
    return Given([records[i : i + chunk] for i in range(0, rows, chunk)], rows, **how)  # type: ignore[arg-type]


def test_an_arrival_is_loaded_governed_and_reported(session: Session) -> None:
    source = GeneratedSource(GenerationRequest(rows=500, dirty=0.2), chunk_rows=64)
    report = ingest(session, source)
    assert report.batch.status == "Governed"
    assert (report.batch.source_name, report.batch.source_kind) == (source.name, "synthetic")
    assert report.batch.declared == report.batch.loaded == 500
    assert report.batch.outcomes is not None
    assert report.batch.outcomes.is_conserved
    assert report.rejections
    assert (report.recognised, report.resumed, report.was_loaded) == (None, 0, True)
    assert report.score is not None
    assert min(report.read_seconds, report.load_seconds, report.govern_seconds) >= 0


def test_a_files_report_has_no_score(session: Session) -> None:
    assert ingest(session, given(3)).score is None


def test_the_progress_goes_from_nothing_to_everything_and_then_through_the_steps(session: Session) -> None:
    heard: list[Progress] = []
    ingest(session, given(5), progress=heard.append)
    loading = [(p.done, p.total) for p in heard if p.stage == "Loading"]
    assert loading == [(0, 5), (2, 5), (4, 5), (5, 5)]
    governing = [p for p in heard if p.stage.startswith("Governing · ")]
    assert [p.done for p in governing] == list(range(7))
    assert {p.total for p in governing} == {7}
    assert heard == [*heard[:4], *governing]


def test_the_same_content_is_recognised_and_left_at_that(session: Session) -> None:
    first = ingest(session, given(3))
    source = given(3, name="the same under another name")
    second = ingest(session, source)
    assert not second.was_loaded
    assert second.recognised == second.batch == first.batch
    assert source.handed_out == 0
    assert session.count("Batch_Summary") == 1


def test_on_request_it_is_governed_again_and_adds_nobody(session: Session) -> None:
    first = ingest(session, given(3))
    again = ingest(session, given(3), again=True)
    assert again.was_loaded
    assert again.recognised == first.batch
    assert again.batch.batch_id == 2
    assert again.batch.outcomes == Outcomes(3, 0, 3, 0, 0)
    third = ingest(session, given(3))
    assert (third.was_loaded, third.batch) == (False, first.batch)


def test_asking_again_for_what_never_came_is_only_a_first_time(session: Session) -> None:
    report = ingest(session, given(3), again=True)
    assert (report.recognised, report.was_loaded, report.batch.batch_id) == (None, True, 1)


def test_other_content_is_another_batch(session: Session) -> None:
    ingest(session, given(3))
    report = ingest(session, given(3, content_hash="other"))
    assert (report.recognised, report.batch.outcomes) == (None, Outcomes(3, 0, 3, 0, 0))


def test_after_a_stop_it_goes_on_where_it_was(session: Session) -> None:
    token = CancelToken()

    def stop_at_four(progress: Progress) -> None:
        if progress.done == 4:
            token.cancel()

    with pytest.raises(Cancelled, match=r"Stopped\.") as stopped:
        ingest(session, given(9), progress=stop_at_four, cancel=token)
    assert stopped.value.detail == "4 of 9 records are loaded and none is governed yet. Nothing is lost."
    heard: list[Progress] = []
    report = ingest(session, given(9), progress=heard.append)
    assert (report.resumed, report.was_loaded, report.batch.batch_id) == (4, True, 1)
    assert [p.done for p in heard if p.stage == "Loading"] == [4, 4, 4, 6, 8, 9]
    assert report.batch.outcomes == Outcomes(9, 9, 0, 0, 0)


def test_two_who_take_in_the_same_content_at_once_end_with_the_same_batch(session: Session) -> None:
    class Overtaken(Given):
        """While its second chunk is read, somebody else takes the same content in whole."""

        def chunks(self) -> Iterator[RecordChunk]:
            for place, chunk in enumerate(super().chunks()):
                if place == 1:
                    assert isinstance(session, SqliteSession)
                    with open_workspace(session.path) as other:
                        faster.append(ingest(other, given(5)))
                yield chunk

    faster: list[IngestReport] = []
    source = given(5)
    slower = ingest(session, Overtaken(source.parts, source.row_count))
    assert faster[0].batch.loaded == faster[0].batch.outcomes.promoted == 5  # type: ignore[union-attr]
    assert slower.batch == faster[0].batch
    assert read_overview(session).divers == 5
    assert session.count("Raw_Divers") == 5


def test_it_goes_on_with_chunks_of_another_size_too(session: Session) -> None:
    token = CancelToken()
    with pytest.raises(Cancelled):
        ingest(session, given(9, chunk=4), progress=lambda p: p.done and token.cancel(), cancel=token)
    report = ingest(session, given(9, chunk=3))
    assert (report.resumed, report.batch.outcomes) == (4, Outcomes(9, 9, 0, 0, 0))
    rows = session.select("Raw_Divers", ["Source_Row"], order=[Order("Raw_ID")])
    assert [row["Source_Row"] for row in rows] == list(range(1, 10))


def test_a_stop_before_a_repetition_is_resumed_as_one(session: Session) -> None:
    ingest(session, given(4))
    token = CancelToken()
    with pytest.raises(Cancelled):
        ingest(session, given(4), again=True, progress=lambda p: p.done and token.cancel(), cancel=token)
    report = ingest(session, given(4), again=True)
    assert (report.batch.batch_id, report.resumed, session.count("Batch_Summary")) == (2, 2, 2)


@pytest.mark.parametrize("rows", [3, 5])
def test_a_source_that_brings_fewer_or_more_than_announced_is_governed_not_at_all(
    session: Session, rows: int
) -> None:
    source = given(rows)
    source.row_count = 4
    with pytest.raises(Exception, match=r"changed while it was read|refused the change"):
        ingest(session, source)
    (batch,) = session.select("Batch_Summary")
    assert batch["Status"] == "Open"
    assert read_overview(session).divers == 0


def test_a_source_that_fails_in_the_middle_is_governed_not_at_all(session: Session) -> None:
    class Failing(Given):
        def chunks(self) -> Iterator[RecordChunk]:
            yield RecordChunk(self.parts[0])
            raise InputRefused("Row 3 cannot be read.")

    with pytest.raises(InputRefused, match="Row 3"):
        ingest(session, Failing([[diver(1), diver(2)], []], 4))
    assert read_overview(session).totals == Outcomes(0, 0, 0, 0, 0)
    report = ingest(session, given(4))
    assert (report.resumed, report.batch.outcomes) == (2, Outcomes(4, 4, 0, 0, 0))


def test_a_file_that_is_written_to_meanwhile_is_refused(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "divers.csv"
    lines = [f"Ada,L,p{n}@example.org,1990-05-17\n" for n in range(6)]
    path.write_text("First Name,Last Name,Email,Date of birth\n" + "".join(lines))
    inspected = inspect_file(path)
    source = FileSource(inspected, guess_mapping(inspected.columns), chunk_rows=2)

    def append(progress: Progress) -> None:
        if progress.done == 2:
            with path.open("a") as file:
                file.write(lines[0])

    with pytest.raises(InputRefused, match="has changed"):
        ingest(session, source, progress=append)
    assert read_overview(session).divers == 0


def test_the_name_of_a_file_need_not_be_text(session: Session) -> None:
    report = ingest(session, given(1, name="caf\udce9.csv"))
    assert report.batch.source_name == "caf?.csv"


def test_a_report_can_be_read_again_later(session: Session) -> None:
    source = GeneratedSource(GenerationRequest(rows=200, dirty=0.3))
    first = ingest(session, source)
    later = read_report(session, first.batch.batch_id)
    assert (later.batch, later.rejections, later.score) == (first.batch, first.rejections, first.score)


def test_what_was_injected_is_kept_with_the_batch(session: Session) -> None:
    source = given(2, kind="synthetic", defects=[InjectedDefect(1, "PHONE_FORMAT")])
    report = ingest(session, source)
    assert report.score is not None
    assert {d.code: (d.injected, d.missed) for d in report.score.defects} == {
        "PHONE_FORMAT": (1, 1),
        "CLEAN_RECORD": (1, 0),
    }
