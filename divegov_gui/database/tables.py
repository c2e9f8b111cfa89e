"""The views in SQLAlchemy's words, for the dialect that it writes: SQL Server's."""

from __future__ import annotations

import sqlalchemy as sa

from divegov_gui.database.views import VIEWS, Kind, View, kind_of

_METADATA = sa.MetaData()


def _table(view: View) -> sa.Table:
    columns = (sa.Column(name, _type(kind_of(name))) for name in view.columns)
    return sa.Table(view.name, _METADATA, *columns, schema=view.schema)


def _type(kind: Kind) -> sa.types.TypeEngine[object]:
    if kind == "flag":
        return sa.Boolean(create_constraint=False)  # type: ignore[return-value]
    if kind == "fraction":
        return sa.Float()  # type: ignore[return-value]
    return sa.BigInteger() if kind == "number" else sa.Unicode()  # type: ignore[return-value]


TABLES: dict[str, sa.Table] = {name: _table(view) for name, view in VIEWS.items()}
