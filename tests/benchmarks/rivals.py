"""What many would write instead of the gatekeeper: a frame of all records in memory, and the rules as checks on it.

`pandas_masks` also inserts what it found. The two libraries only validate, and are measured where they are installed:
pip install pandera great_expectations. All of them know fewer rules than the gatekeeper, and none an outcome.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from divegov_gui.core.records import RawRecord
from tests.benchmarks.measuring import Watch, chunks

TEXT = r"\s*\S[\s\S]*"
NAME = r"[^0-9\x00-\x1f]{1,100}"
EMAIL = r"\s*[^@\s]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}\s*"
PHONE = r"\+?\d{7,15}(?:x\d{1,6})?"
DAY = r"\s*\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])\s*"
TODAY = "2026-11-22"


def frame_of(rows: int) -> Any:
    """All records as text."""
    import pandas as pd

    return pd.DataFrame([record for records in chunks(rows) for record in records], columns=RawRecord._fields)


def pandas_masks(rows: int, folder: Path) -> dict[str, float]:
    """Masks over a frame, then an insert."""
    import pandas as pd

    frame = frame_of(rows)
    watch = Watch()
    email = frame["email"].str.strip().str.lower()
    born = pd.to_datetime(frame["date_of_birth"].str.strip(), format="%Y-%m-%d", errors="coerce")
    age = (pd.Timestamp(TODAY) - born).dt.days / 365.2425
    phone = frame["phone"].str.replace(r"[ .()\-]", "", regex=True)
    names = frame["first_name"].fillna("") + frame["last_name"].fillna("")
    masks = {
        "FIRST_NAME_MISSING": frame["first_name"].str.strip().fillna("") == "",
        "LAST_NAME_MISSING": frame["last_name"].str.strip().fillna("") == "",
        "EMAIL_MISSING": email.fillna("") == "",
        "EMAIL_FORMAT": ~email.fillna("a@b.cc").str.fullmatch(EMAIL),
        "DOB_MISSING": frame["date_of_birth"].str.strip().fillna("") == "",
        "DOB_FORMAT": born.isna(),
        "AGE_BELOW_MINIMUM": age < 10,
        "AGE_ABOVE_MAXIMUM": age > 110,
        "PHONE_FORMAT": ~phone.fillna("1234567").str.fullmatch(PHONE),
        "NAME_CHARACTERS": names.str.contains(r"[0-9\x00-\x1f]"),
        "DUPLICATE_IN_BATCH": email.duplicated(keep="last") & email.notna(),
    }
    verdict = pd.concat(masks, axis=1)
    bad = verdict.any(axis=1)
    connection = sqlite3.connect(folder / "pandas.db")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    frame[~bad].to_sql("Diver", connection, index=False)
    connection.execute("CREATE UNIQUE INDEX UQ_Diver_Email ON Diver (email)")
    frame[bad].to_sql("Data_Quarantine", connection, index=False)
    reasons = verdict[bad].stack()
    reasons[reasons].reset_index().to_sql("Quarantine_Violation", connection, index=False)
    connection.commit()
    connection.close()
    return watch.result(rows)


def pandera(rows: int, folder: Path) -> dict[str, float]:
    """Pandera's checks, lazily, so that all failures are told; validation alone."""
    import pandas as pd
    import pandera.pandas as pa

    def aged(born: Any) -> Any:
        days = pd.to_datetime(born.str.strip(), format="%Y-%m-%d", errors="coerce")
        return ((pd.Timestamp(TODAY) - days).dt.days / 365.2425).between(10, 110)

    def callable_number(phone: Any) -> Any:
        return phone.str.replace(r"[ .()\-]", "", regex=True).str.fullmatch(PHONE)

    def single(email: Any) -> Any:
        return ~email.str.strip().str.lower().duplicated(keep="last")

    name = [pa.Check(lambda s: s.str.fullmatch(TEXT)), pa.Check(lambda s: s.str.fullmatch(NAME))]
    email = [pa.Check(lambda s: s.str.fullmatch(EMAIL)), pa.Check(single)]
    born = [pa.Check(lambda s: s.str.fullmatch(DAY)), pa.Check(aged)]
    schema = pa.DataFrameSchema(
        {
            "first_name": pa.Column(object, name),
            "last_name": pa.Column(object, name),
            "email": pa.Column(object, email),
            "phone": pa.Column(object, pa.Check(callable_number), nullable=True),
            "date_of_birth": pa.Column(object, born),
        }
    )
    frame = frame_of(rows).astype(object)
    watch = Watch()
    with suppress(pa.errors.SchemaErrors):
        schema.validate(frame, lazy=True)
        raise AssertionError("One row in twenty is dirty, and none was found.")
    return watch.result(rows)


def great_expectations(rows: int, folder: Path) -> dict[str, float]:
    """Expectations on a frame; validation alone."""
    import great_expectations as gx

    expect: Any = gx.expectations
    texts = ("first_name", "last_name", "email", "date_of_birth")
    wanted = [expect.ExpectColumnValuesToNotBeNull(column=column) for column in texts]
    for column, regex in (
        ("first_name", f"^{NAME}$"),
        ("last_name", f"^{NAME}$"),
        ("email", f"^{EMAIL}$"),
        ("phone", r"^[ .()\-+\dx]{7,30}$"),
        ("date_of_birth", f"^{DAY}$"),
    ):
        wanted.append(expect.ExpectColumnValuesToMatchRegex(column=column, regex=regex))
    wanted.append(expect.ExpectColumnValuesToBeUnique(column="email"))
    wanted.append(
        expect.ExpectColumnValuesToBeBetween(
            column="date_of_birth", min_value="1916-11-22", max_value="2016-11-22"
        )
    )
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    batches = context.data_sources.add_pandas("all").add_dataframe_asset("all")
    suite = context.suites.add(gx.ExpectationSuite("rules", expectations=wanted))
    batch = batches.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame_of(rows)})
    watch = Watch()
    assert not batch.validate(suite).success
    return watch.result(rows)


LIBRARIES: dict[str, Callable[[int, Path], dict[str, float]]] = {
    "pandera": pandera,
    "great_expectations": great_expectations,
}
"""The steps that need a library of their name, which is none of the program's."""


def missing() -> list[str]:
    """Those whose library is not installed here."""
    return [name for name in LIBRARIES if find_spec(name) is None]
