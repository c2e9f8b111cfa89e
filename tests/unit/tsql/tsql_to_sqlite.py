"""A statement of T-SQL in SQLite's words: syntax is rewritten, functions keep their names (tsql_functions).

Collations: a text column compares as SQL Server pads it, blanks at the end not counting, by SQLite's RTRIM; that is the
tables' matter. An _SC collation over LEN or LEFT makes them count characters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlglot import exp
from tsql_statements import columns_of

END_OF_TIME = "9999-12-31 23:59:59.999999"


@dataclass(frozen=True)
class Names:
    """What names mean where a statement stands: its temporary tables, and its variables that are BIT."""

    temporary: Mapping[str, str]
    bits: frozenset[str] = frozenset()


def to_sqlite(tree: exp.Expression, names: Names) -> str:
    """The text of a query for SQLite."""
    return rewritten(tree, names).sql("sqlite", comments=False)


def rewritten(tree: exp.Expression, names: Names) -> exp.Expression:
    """The tree of a query for SQLite."""
    tree = tree.copy()
    for select in list(tree.find_all(exp.Select)):
        _inline_applied(select)
    for cast in list(tree.find_all(exp.Cast, exp.TsOrDsToDate)):  # what sqlglot puts around an argument
        if isinstance(
            cast.parent, (exp.Length, exp.Left, exp.Right, exp.Substring, exp.Year, exp.TsOrDsToDate)
        ):
            cast.replace(cast.this)
    return _bottom_up(tree, _Change(names))


def call(name: str, *arguments: exp.Expression) -> exp.Anonymous:
    return exp.Anonymous(this=name, expressions=list(arguments))


def _bottom_up(node: exp.Expression, change: Callable[[exp.Expression], exp.Expression]) -> exp.Expression:
    for name, value in list(node.args.items()):
        if isinstance(value, exp.Expression):
            node.set(name, _bottom_up(value, change))
        elif isinstance(value, list):
            node.set(name, [_bottom_up(v, change) if isinstance(v, exp.Expression) else v for v in value])
    return change(node)


def _inline_applied(select: exp.Select) -> None:
    """CROSS APPLY (SELECT expression AS Name, …) AS x is taken out, and each x.Name becomes its expression."""
    joins = []
    for join in select.args.get("joins") or []:
        lateral = join.this
        inner = lateral.this.this if isinstance(lateral, exp.Lateral) else None
        if not isinstance(inner, exp.Select) or inner.args.get("from_"):
            joins.append(join)
            continue
        meanings = {part.alias: part.this for part in inner.expressions}
        for column in [c for c in select.find_all(exp.Column) if c.table == lateral.alias]:
            column.replace(exp.Paren(this=meanings[column.name].copy()))
    select.set("joins", joins)


class _Change:
    """What becomes of one node whose children are SQLite's already."""

    def __init__(self, names: Names) -> None:
        self._names = names

    def __call__(self, node: exp.Expression) -> exp.Expression:
        method = getattr(self, f"_{type(node).__name__.lower()}", None)
        return method(node) if method else node

    # -- names and literals -------------------------------------------------------------------------------

    def _national(self, node: exp.National) -> exp.Expression:
        return exp.Literal.string(node.name)

    def _parameter(self, node: exp.Parameter) -> exp.Expression:
        if isinstance(node.this, exp.Placeholder):  # @@ROWCOUNT
            return exp.Placeholder(this=f"v__{node.this.name.removeprefix('v_')}")
        return exp.Placeholder(this=f"v_{node.name.lower()}")

    def _column(self, node: exp.Column) -> exp.Expression:
        node.set("db", None)
        return node

    def _table(self, node: exp.Table) -> exp.Expression:
        for hint in ("hints", "db"):
            node.set(hint, None)
        if isinstance(node.this, exp.OpenJSON):
            return _rows_of_json(node)
        if node.args.get("version"):
            return _every_version(node)
        if node.name.startswith("tmp_"):
            actual = self._names.temporary[node.name.removeprefix("tmp_")]
            if not node.alias:
                node.set("alias", exp.TableAlias(this=exp.to_identifier(node.name)))
            node.set("this", exp.to_identifier(actual))
        return node

    def _values(self, node: exp.Values) -> exp.Expression:
        """(VALUES …) AS x (a, b): SQLite names no columns there."""
        alias = node.args.get("alias")
        if alias is None or not alias.columns:
            return node
        names = [column.name for column in alias.columns]
        rows = [row.expressions or [row.unnest()] for row in node.expressions]
        selects = [exp.select(*map(exp.alias_, row, names)) for row in rows]
        query: exp.Query = selects[0]
        for select in selects[1:]:
            query = exp.Union(this=query, expression=select, distinct=False)
        return exp.Subquery(this=query, alias=exp.TableAlias(this=alias.this))

    # -- comparisons: a column has its collation; where neither side is one, it must be said --------------

    def _eq(self, node: exp.Binary) -> exp.Expression:
        if not any(isinstance(side, exp.Column) for side in (node.left, node.right)):
            node.set(
                "this", exp.Collate(this=exp.paren(node.left, copy=False), expression=exp.Var(this="RTRIM"))
            )
        return node

    _neq = _gt = _gte = _lt = _lte = _nullsafeeq = _nullsafeneq = _eq

    # -- collations, which matter over a length, and where one of people is compared by ----------------------

    def _collate(self, node: exp.Collate) -> exp.Expression:
        if node.expression.name.endswith("_CI_AS"):
            return call("OF_PEOPLE", node.this)
        if node.expression.name.endswith("_SC"):
            return node
        return node.this

    def _length(self, node: exp.Length) -> exp.Expression:
        return self._counted("LEN", "LEN_SC", node.this)

    def _left(self, node: exp.Left) -> exp.Expression:
        return self._counted("LEFT_OF", "LEFT_SC", node.this, node.expression)

    def _counted(
        self, plain: str, by_character: str, text: exp.Expression, *more: exp.Expression
    ) -> exp.Expression:
        if isinstance(text, exp.Collate):
            return call(by_character, text.this, *more)
        return call(plain, text, *more)

    # -- functions ----------------------------------------------------------------------------------------

    def _right(self, node: exp.Right) -> exp.Expression:
        return call("RIGHT_OF", node.this, node.expression)

    def _substring(self, node: exp.Substring) -> exp.Expression:
        return call("SUBSTRING_OF", node.this, node.args["start"], node.args["length"])

    def _strposition(self, node: exp.StrPosition) -> exp.Expression:
        return call("CHARINDEX", node.args["substr"], node.this)

    def _stuff(self, node: exp.Stuff) -> exp.Expression:
        return call("STUFF", node.this, node.args["start"], node.args["length"], node.expression)

    def _reverse(self, node: exp.Reverse) -> exp.Expression:
        return call("REVERSE", node.this)

    def _repeat(self, node: exp.Repeat) -> exp.Expression:
        return call("REPLICATE", node.this, node.args["times"])

    def _translate(self, node: exp.Translate) -> exp.Expression:
        return call("TRANSLATE", node.this, node.args["from_"], node.args["to"])

    def _trim(self, node: exp.Trim) -> exp.Expression:
        return call("TRIM_OF", node.this, node.expression or exp.Literal.string(" "))

    def _concat(self, node: exp.Concat) -> exp.Expression:
        return call("CONCAT", *node.expressions)

    def _chr(self, node: exp.Chr) -> exp.Expression:
        return call("NCHAR", *node.expressions)

    def _sha2(self, node: exp.SHA2) -> exp.Expression:
        return call("SHA_HEX", node.this)

    def _year(self, node: exp.Year) -> exp.Expression:
        return call("YEAR", node.this)

    def _dateadd(self, node: exp.DateAdd) -> exp.Expression:
        unit = exp.Literal.string(node.args["unit"].name)
        return call("DATEADD", unit, node.expression, node.this)

    def _add(self, node: exp.Add) -> exp.Expression:
        return call("ADD_OF", node.this, node.expression)

    def _convert(self, node: exp.Convert) -> exp.Expression:
        return self._as_type(node.this, node.expression, bool(node.args.get("safe")))

    def _cast(self, node: exp.Cast) -> exp.Expression:
        return self._as_type(node.to, node.this, isinstance(node, exp.TryCast))

    _trycast = _cast

    def _as_type(self, kind: exp.Expression, value: exp.Expression, safe: bool) -> exp.Expression:
        name = kind.sql("tsql").upper().split("(")[0]
        if "CHAR" in name:
            size = kind.expressions[0].name if kind.expressions else "30"
            return call("AS_TEXT", value, exp.Literal.number(-1 if size.upper() == "MAX" else int(size)))
        if name == "DATE":
            return call("TRY_DATE" if safe else "TO_DATE", value)
        if name in ("BINARY", "VARBINARY", "DATETIME2", "DECIMAL", "NUMERIC"):
            return value
        if name == "BIT":
            return exp.Paren(this=exp.NEQ(this=value, expression=exp.Literal.number(0)))
        assert name in ("INT", "INTEGER", "BIGINT"), name
        return exp.Cast(this=value, to=exp.DataType.build("INTEGER"))

    # -- JSON ---------------------------------------------------------------------------------------------

    def _jsonobject(self, node: exp.JSONObject) -> exp.Expression:
        return self._object(True, [(pair.this.name, pair.expression) for pair in node.expressions])

    def _select(self, node: exp.Select) -> exp.Expression:
        clause = node.args.get("for_")
        if clause is None:
            return node
        options = {option.name.upper() for option in clause.expressions}
        assert (clause.args["kind"], "PATH" in options) == ("JSON", True), clause
        pairs = [(part.alias_or_name, part.unalias()) for part in node.expressions]
        row = self._object("INCLUDE_NULL_VALUES" in options, pairs)
        node.set("for_", None)
        if "WITHOUT_ARRAY_WRAPPER" in options:
            node.set("expressions", [exp.alias_(row, "JSON")])
            return node
        node.set("expressions", [exp.alias_(row, "One")])
        many = call("json_group_array", call("json", exp.column("One")))
        wrapped = exp.If(
            this=exp.GT(this=exp.Count(this=exp.Star()), expression=exp.Literal.number(0)),
            true=many,
            false=exp.Null(),
        )
        return exp.select(exp.alias_(wrapped, "JSON")).from_(node.subquery("rows_of_it"))

    def _object(self, with_nulls: bool, pairs: list[tuple[str, exp.Expression]]) -> exp.Expression:
        arguments: list[exp.Expression] = [exp.Literal.number(int(with_nulls))]
        for key, value in pairs:
            arguments += [exp.Literal.string(key), value]
        return call("JSON_ROW", *arguments)

    # -- aggregates ---------------------------------------------------------------------------------------

    def _groupconcat(self, node: exp.GroupConcat) -> exp.Expression:
        value, key = node.this, node.this
        if isinstance(value, exp.Order):
            value, key = value.this, value.expressions[0].this
        return call("STRING_AGG_OF", value, node.args["separator"], key)

    def _countbig(self, node: exp.Expression) -> exp.Expression:
        return exp.Count(this=node.this, expressions=node.expressions)


def _rows_of_json(table: exp.Table) -> exp.Expression:
    """OPENJSON(x) WITH (…) AS j as a query over json_each(x)."""
    source: exp.OpenJSON = table.this
    value = exp.column("value")
    if source.expressions:
        columns = []
        for column in source.expressions:
            path = column.args["path"].name if column.args.get("path") else f"$.{column.name}"
            found = (
                value.copy() if path == "$" else call("json_extract", value.copy(), exp.Literal.string(path))
            )
            if path != "$" and not path.startswith("$["):
                found = call("json_extract", value.copy(), exp.Literal.string(path))
            is_text = "CHAR" in column.args["kind"].sql("tsql").upper()
            columns.append(
                exp.alias_(call("AS_TEXT", found, exp.Literal.number(-1)) if is_text else found, column.name)
            )
    else:
        columns = [
            exp.alias_(call("AS_TEXT", exp.column(n), exp.Literal.number(-1)), n) for n in ("key", "value")
        ]
        columns.append(exp.column("type"))
    made = call("json_each", source.this)
    query = exp.Select(expressions=columns, from_=exp.From(this=exp.Table(this=made)))
    return exp.Subquery(this=query, alias=table.args.get("alias"))


def _every_version(table: exp.Table) -> exp.Expression:
    """T FOR SYSTEM_TIME ALL as the rows of the table and of its history."""
    assert table.args["version"].args["kind"] == "ALL"
    schema = "Governance" if table.name == "Quality_Rule" else "dbo"
    names = list(columns_of()[f"{schema}.{table.name}_History"])
    now = [
        exp.alias_(exp.Literal.string(END_OF_TIME), n) if n == "Valid_To" else exp.column(n) for n in names
    ]
    query = (
        exp.select(*now)
        .from_(table.name)
        .union(exp.select(*map(exp.column, names)).from_(f"{table.name}_History"), distinct=False)
    )
    alias = table.args.get("alias") or exp.TableAlias(this=exp.to_identifier(table.name))
    return exp.Subquery(this=query, alias=alias)
