"""What parses, and what SQLite takes, but SQL Server refuses or does otherwise when it runs.

Each rule has an example that breaks it and one that does not, so that a rule that sleeps is found out. The numbers are
SQL Server's errors (learn.microsoft.com, "Database Engine events and errors").
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from sqlglot import exp
from tsql_statements import parsed, statements

Finds = Callable[[exp.Expression], Iterator[exp.Expression]]


@dataclass(frozen=True)
class Rule:
    """Something that no statement may do: how it is found in a tree, an example that does it, and one that does not."""

    title: str
    find: Finds
    bad: str
    good: str


def outside_group_by(tree: exp.Expression) -> Iterator[exp.Expression]:
    for select in tree.find_all(exp.Select):
        group, aggregates = (
            select.args.get("group"),
            [a for e in select.expressions for a in own(e, is_aggregate)],
        )
        if group is None and not aggregates:
            continue
        grouped = {one.sql("tsql") for one in (group.expressions if group else ())}
        having = [select.args["having"].this] if select.args.get("having") else []
        for expression in (*select.expressions, *having):
            yield from ungrouped(expression, grouped)


def ungrouped(node: exp.Expression, grouped: set[str]) -> Iterator[exp.Expression]:
    """The columns below a node that are neither grouped nor aggregated."""
    if isinstance(node, exp.Alias):
        node = node.this
    if node.sql("tsql") in grouped or (is_aggregate(node) and not isinstance(node.parent, exp.Window)):
        return
    if isinstance(node, exp.Column):
        yield node
    if not isinstance(node, exp.Query):
        for child in node.iter_expressions():
            yield from ungrouped(child, grouped)


def own(node: exp.Expression, wanted: Callable[[exp.Expression], bool]) -> Iterator[exp.Expression]:
    """The nodes of an expression that belong to no query within it."""
    if isinstance(node, exp.Query):
        return
    if wanted(node):
        yield node
    for child in node.iter_expressions():
        yield from own(child, wanted)


def is_aggregate(node: exp.Expression) -> bool:
    windowed = isinstance(node.parent, (exp.Window, exp.IgnoreNulls))
    return isinstance(node, exp.AggFunc) and not windowed


def aggregate_of_a_query(tree: exp.Expression) -> Iterator[exp.Expression]:
    for aggregate in tree.find_all(exp.AggFunc):
        inner = (node for child in aggregate.iter_expressions() for node in child.walk())
        if any(isinstance(node, (exp.Query, exp.Exists)) or is_aggregate(node) for node in inner):
            yield aggregate


def ordered_in_vain(tree: exp.Expression) -> Iterator[exp.Expression]:
    for query in tree.find_all(exp.Query):
        inner = query.parent is not None and not isinstance(query.parent, (exp.Insert, exp.SetOperation))
        for_json = any("FOR" in type(one).__name__.upper() or one for one in query.args.get("for_") or ())
        free = query.args.get("limit") or query.args.get("offset") or for_json
        if inner and query.args.get("order") and not free and not isinstance(query, exp.Subquery):
            yield query


def window_among_conditions(tree: exp.Expression) -> Iterator[exp.Expression]:
    for kind in (exp.Where, exp.Having, exp.Group):
        for clause in tree.find_all(kind):
            yield from own(clause, lambda node: isinstance(node, exp.Window))
    for join in tree.find_all(exp.Join):
        if join.args.get("on"):
            yield from own(join.args["on"], lambda node: isinstance(node, exp.Window))


def sequence_among_conditions(tree: exp.Expression) -> Iterator[exp.Expression]:
    forbidden = (exp.Case, exp.If, exp.Coalesce, exp.Nullif, exp.Subquery, exp.CTE, exp.Where, exp.Distinct)
    for node in tree.find_all(exp.NextValueFor):
        if node.find_ancestor(*forbidden) or isinstance(
            node.find_ancestor(exp.SetOperation), exp.SetOperation
        ):
            yield node


def json_beside_a_column(tree: exp.Expression) -> Iterator[exp.Expression]:
    """A comparison of a text out of OPENJSON, which has the database's collation: with a column, which has its own, or
    with a literal, whose letter case that collation may not see.
    """
    texts_of = {
        json.parent.alias_or_name: {c.name for c in json.expressions if "CHAR" in c.sql("tsql").upper()}
        or {"key", "value"}
        for json in tree.find_all(exp.OpenJSON)
        if json.parent
    }
    texts_of |= {
        values.alias: {
            c.name
            for c, first in zip(values.args["alias"].columns, first_row(values), strict=True)
            if is_text(first)
        }
        for values in tree.find_all(exp.Values)
        if values.alias
    }
    comparisons = (
        exp.EQ,
        exp.NEQ,
        exp.GT,
        exp.GTE,
        exp.LT,
        exp.LTE,
        exp.Like,
        exp.NullSafeEQ,
        exp.NullSafeNEQ,
    )
    for node in tree.find_all(*comparisons):
        sides = [bare_columns(node.left), bare_columns(node.right)]
        for here, there in (sides, reversed(sides)):
            columns = any(c.table not in texts_of for c in there) or not there
            if any(c.name in texts_of.get(c.table, ()) for c in here) and columns:
                yield node
    for union in tree.find_all(exp.SetOperation):
        shown = [part.unalias() for part in (*union.left.selects, *union.right.selects)]
        yield from (c for c in shown if isinstance(c, exp.Column) and c.name in texts_of.get(c.table, ()))
        yield from (c for c in shown if isinstance(c, exp.JSONObject) or is_for_json(c))
    for case in tree.find_all(exp.Case):
        if case.this and any(c.name in texts_of.get(c.table, ()) for c in bare_columns(case.this)):
            yield case


def first_row(values: exp.Values) -> list[exp.Expression]:
    """The first row of a VALUES that is a table."""
    row = values.expressions[0]
    return row.expressions or [row.unnest()]


def is_for_json(node: exp.Expression) -> bool:
    return isinstance(node, exp.Subquery) and bool(node.this.args.get("for_"))


def is_text(node: exp.Expression) -> bool:
    return isinstance(node, exp.National) or (isinstance(node, exp.Literal) and node.is_string)


def bare_columns(node: exp.Expression) -> list[exp.Column]:
    """The columns of an expression that no COLLATE stands over, and that are not read as numbers."""
    return [c for c in node.find_all(exp.Column) if c.find_ancestor(exp.Collate) is None and not is_number(c)]


def is_number(column: exp.Column) -> bool:
    kind = column.parent.this if isinstance(column.parent, exp.Convert) else None
    return isinstance(kind, exp.DataType) and kind.this in exp.DataType.NUMERIC_TYPES


def two_collations_of_the_catalogue(tree: exp.Expression) -> Iterator[exp.Expression]:
    """Names of the catalogue have the database's collation, its descriptions a fixed one."""
    system = {table.alias_or_name for table in tree.find_all(exp.Table) if table.db == "sys"}
    for joined in tree.find_all(exp.Concat, exp.Add):
        parts = [c for c in own(joined, lambda node: isinstance(node, exp.Column)) if c.table in system]
        parts = [c for c in parts if c.find_ancestor(exp.SHA2) is None]  # a hash has no collation
        texts = [c for c in parts if c.name in NAMES_OF_SYS or is_description(c)]
        kinds = {is_description(c) for c in texts}
        if len(kinds) > 1 and not any(True for _ in own(joined, lambda node: isinstance(node, exp.Collate))):
            yield joined


NAMES_OF_SYS = {"name", "collation_name", "filter_definition", "definition", "masking_function"}


def is_description(column: exp.Column) -> bool:
    return column.name.endswith("_desc") or column.name == "permission_name"


def unsigned_version(tree: exp.Expression) -> Iterator[exp.Expression]:
    if isinstance(tree, exp.Update):
        source = tree.args.get("from_")
        named = {t.alias_or_name: t for t in source.find_all(exp.Table)} if source is not None else {}
        table = named.get(tree.this.name, tree.this)
        written = {pair.this.name for pair in tree.expressions}
        if f"{table.db}.{table.name}" in VERSIONED and not {"Modified_By", "Change_Reason"} <= written:
            yield tree


def compared_with_null(tree: exp.Expression) -> Iterator[exp.Expression]:
    for node in tree.find_all(exp.EQ, exp.NEQ):
        condition = node.find_ancestor(exp.Where, exp.Join, exp.Having, exp.Case) and not isinstance(
            node.parent, exp.Update
        )
        if condition and isinstance(node.right, exp.Null):
            yield node


def too_many_values(tree: exp.Expression) -> Iterator[exp.Expression]:
    for values in tree.find_all(exp.Values):
        if isinstance(values.parent, exp.Insert) and len(values.expressions) > 1000:
            yield values


def leftmost(query: exp.Expression) -> exp.Expression:
    """The SELECT that names the columns of a query."""
    query = query.unnest()
    while isinstance(query, exp.SetOperation):
        query = query.left.unnest()
    return query


def nameless_column(tree: exp.Expression) -> Iterator[exp.Expression]:
    for query in tree.find_all(exp.Subquery, exp.CTE):
        derived = isinstance(query, exp.CTE) or isinstance(query.parent, (exp.From, exp.Join, exp.Lateral))
        select = leftmost(query.this)
        if derived and isinstance(select, exp.Select) and not query.alias_column_names:
            named = (part for part in select.expressions if isinstance(part, (exp.Alias, exp.Column)))
            names = [part.alias_or_name for part in named]
            if len(names) < len(select.expressions) or len(set(names)) < len(names):
                yield select


def for_one_value(tree: exp.Expression) -> Iterator[exp.Select]:
    """The queries that stand for one value."""
    elsewhere = (exp.From, exp.Join, exp.Lateral, exp.Exists, exp.In, exp.SetOperation)
    for query in tree.find_all(exp.Subquery):
        select = query.unnest()
        if isinstance(select, exp.Select) and not isinstance(query.parent, elsewhere):
            yield select


def several_values_for_one(tree: exp.Expression) -> Iterator[exp.Expression]:
    for select in for_one_value(tree):
        if not select.args.get("for_") and len(select.expressions) != 1:
            yield select


ONE_ROW = {"Search_Progress"}
"""Tables that a constraint keeps to one row."""


def several_rows_for_one(tree: exp.Expression) -> Iterator[exp.Expression]:
    bounds = ("where", "limit", "for_", "group", "joins")
    for select in for_one_value(tree):
        source = select.args.get("from_")
        one = source is None or source.this.name in ONE_ROW or any(select.args.get(bound) for bound in bounds)
        if not one and not any(any(own(part, is_aggregate)) for part in select.expressions):
            yield select


def run_twice(tree: exp.Expression) -> Iterator[exp.Expression]:
    """COALESCE is rewritten as CASE WHEN x IS NOT NULL THEN x …; ISNULL is a function and evaluates x once
    (learn.microsoft.com, "COALESCE (Transact-SQL)")."""
    for call in tree.find_all(exp.Coalesce):
        tried = [call.this, *call.expressions[:-1]]
        if not call.args.get("is_null") and any(one.find(exp.Query) for one in tried):
            yield call


def ordered_by_what_is_not_distinct(tree: exp.Expression) -> Iterator[exp.Expression]:
    for select in tree.find_all(exp.Select):
        if select.args.get("distinct") and select.args.get("order"):
            shown = {part.alias_or_name for part in select.expressions}
            shown |= {part.unalias().sql("tsql") for part in select.expressions}
            for ordered in select.args["order"].expressions:
                if not {ordered.this.sql("tsql"), ordered.this.name} & shown:
                    yield ordered


def a_version_of_no_duration(tree: exp.Expression) -> Iterator[exp.Expression]:
    for select in tree.find_all(exp.Select):
        said = list(_conditions(select))
        mine = (table for table in select.find_all(exp.Table) if table.parent_select is select)
        for table in (table for table in mine if table.name.endswith("_History")):
            lasts = f"{table.alias}.Valid_From < {table.alias}.Valid_To"
            if lasts not in {part.sql("tsql") for part in said}:
                yield from (part for part in said if _meets(part, table.alias))


def _conditions(select: exp.Select) -> Iterator[exp.Expression]:
    """What must all be so for a row to be there."""
    where = select.args.get("where")
    for said in (where and where.this, *(join.args.get("on") for join in select.args.get("joins", ()))):
        if said is not None:
            yield from said.flatten() if isinstance(said, exp.And) else (said,)


def _meets(part: exp.Expression, alias: str) -> bool:
    """Whether an end of a version is looked for at an instant of another row."""
    sides = (part.this, part.expression) if isinstance(part, exp.EQ) else ()
    instants = [s.table for s in sides if isinstance(s, exp.Column) and s.name in ("Valid_From", "Valid_To")]
    return len(instants) == 2 and alias in instants


VERSIONED = {"dbo.Diver", "dbo.Dive_Tour", "Governance.Quality_Rule"}
TREE_RULES = [
    Rule(
        "a column stands beside an aggregate and is not grouped (8120)",
        outside_group_by,
        "SELECT Status, Batch_ID, COUNT(*) AS n FROM dbo.Data_Quarantine GROUP BY Status",
        "SELECT CONVERT(DATE, Received_At) AS Day, SUM(Loaded_Count) AS n FROM Staging.Ingestion_Batch "
        "GROUP BY CONVERT(DATE, Received_At)",
    ),
    Rule(
        "a column stands beside an aggregate of everything (8120)",
        outside_group_by,
        "SELECT Batch_ID, MAX(Raw_ID) AS n FROM Staging.Raw_Record",
        "SELECT MAX(r.Raw_ID) OVER (PARTITION BY r.Batch_ID) AS n, r.Batch_ID FROM Staging.Raw_Record AS r",
    ),
    Rule(
        "an aggregate is made of a query or of another aggregate (130)",
        aggregate_of_a_query,
        "SELECT SUM(IIF(EXISTS (SELECT 1 FROM dbo.Diver AS d WHERE d.Email = n.Email), 1, 0)) AS Found "
        "FROM #Normalised AS n",
        "SELECT SUM(IIF(n.Email IS NULL, 1, 0)) AS n FROM #Normalised AS n",
    ),
    Rule(
        "a derived table is ordered (1033)",
        ordered_in_vain,
        "SELECT x.Raw_ID FROM (SELECT Raw_ID FROM Staging.Raw_Record ORDER BY Raw_ID) AS x",
        "SELECT x.Raw_ID FROM (SELECT TOP (1) Raw_ID FROM Staging.Raw_Record ORDER BY Raw_ID) AS x ORDER BY x.Raw_ID",
    ),
    Rule(
        "a window function stands in a condition (4108)",
        window_among_conditions,
        "SELECT Raw_ID FROM Staging.Raw_Record WHERE ROW_NUMBER() OVER (ORDER BY Raw_ID) = 1",
        "SELECT Raw_ID FROM Staging.Raw_Record WHERE Raw_ID IN (SELECT MAX(Raw_ID) FROM Staging.Raw_Record)",
    ),
    Rule(
        "a sequence is asked under a condition (11719, 11720)",
        sequence_among_conditions,
        "INSERT INTO #New_Place (Record_ID, Quarantine_ID) "
        "SELECT j.Record_ID, COALESCE(j.Known_ID, NEXT VALUE FOR dbo.Quarantine_Number) FROM #Rejection AS j",
        "INSERT INTO #New_Place (Record_ID, Quarantine_ID) SELECT j.Record_ID, "
        "NEXT VALUE FOR dbo.Quarantine_Number OVER (ORDER BY j.Record_ID) FROM #Rejection AS j",
    ),
    Rule(
        "a text out of JSON is compared with a column without a collation (468)",
        json_beside_a_column,
        "SELECT d.Diver_ID FROM OPENJSON(@R) WITH (Email NVARCHAR(600) '$[0]') AS j JOIN dbo.Diver AS d "
        "ON d.Email = j.Email",
        "SELECT d.Diver_ID FROM OPENJSON(@R) WITH (Email NVARCHAR(600) '$[0]') AS j JOIN dbo.Diver AS d "
        "ON d.Email = j.Email COLLATE Latin1_General_100_BIN2",
    ),
    Rule(
        "a text out of JSON is compared with a literal in the database's collation",
        json_beside_a_column,
        "SELECT CASE j.Name WHEN N'Email' THEN 4 END AS Bit FROM OPENJSON(@R) WITH (Name NVARCHAR(40) '$[0]') AS j",
        "SELECT CASE j.Name COLLATE Latin1_General_100_BIN2 WHEN N'Email' THEN 4 END AS Bit "
        "FROM OPENJSON(@R) WITH (Name NVARCHAR(40) '$[0]') AS j",
    ),
    Rule(
        "a literal of a table of VALUES meets a column without a collation (468, 451)",
        json_beside_a_column,
        "SELECT c.Name FROM (VALUES (N'a')) AS c (Name) UNION ALL SELECT d.Email FROM dbo.Diver AS d",
        "SELECT c.Name COLLATE Latin1_General_100_BIN2 FROM (VALUES (N'a')) AS c (Name) "
        "UNION ALL SELECT d.Email FROM dbo.Diver AS d",
    ),
    Rule(
        "JSON, in the database's collation, stands above or below a column (451)",
        json_beside_a_column,
        "SELECT JSON_OBJECT('a': d.Email) AS J FROM dbo.Diver AS d UNION ALL SELECT d.Email FROM dbo.Diver AS d",
        "SELECT JSON_OBJECT('a': d.Email) COLLATE Latin1_General_100_BIN2 AS J FROM dbo.Diver AS d "
        "UNION ALL SELECT d.Email FROM dbo.Diver AS d",
    ),
    Rule(
        "a name and a description of the catalogue are put together (451)",
        two_collations_of_the_catalogue,
        "SELECT CONCAT(o.name, N' ', o.type_desc) AS Text FROM sys.objects AS o",
        "SELECT CONCAT(o.name, N' ', o.type_desc COLLATE Latin1_General_100_BIN2) AS Text FROM sys.objects AS o",
    ),
    Rule(
        "a version is signed by nobody, so that the trigger makes a second one",
        unsigned_version,
        "UPDATE d SET Phone = NULL, Modified_By = @Actor FROM dbo.Diver AS d WHERE d.Diver_ID = 1",
        "UPDATE dbo.Diver SET Phone = NULL, Modified_By = @Actor, Change_Reason = @Reason WHERE Diver_ID = 1",
    ),
    Rule(
        "a column of a derived table has no name, or another's (8155, 8156)",
        nameless_column,
        "SELECT x.n FROM (SELECT Batch_ID AS n, COUNT_BIG(*) FROM Staging.Raw_Record GROUP BY Batch_ID) AS x",
        "SELECT x.n FROM (SELECT Batch_ID AS n, COUNT_BIG(*) AS m FROM Staging.Raw_Record GROUP BY Batch_ID) AS x",
    ),
    Rule(
        "a query stands for one value and shows several (116)",
        several_values_for_one,
        "SELECT (SELECT MAX(Raw_ID), MIN(Raw_ID) FROM Staging.Raw_Record) AS n",
        "SELECT (SELECT MAX(Raw_ID) FROM Staging.Raw_Record) AS n",
    ),
    Rule(
        "a query stands for one value and may have several rows (512), though a CASE stands before it",
        several_rows_for_one,
        "SELECT CASE WHEN @n = 1 THEN (SELECT f.Record_ID FROM #Finding AS f) END AS Only",
        "SELECT CASE WHEN @n = 1 THEN (SELECT MIN(f.Record_ID) FROM #Finding AS f) END AS Only, "
        "(SELECT Indexed_To FROM dbo.Search_Progress) AS Reached",
    ),
    Rule(
        "a query within COALESCE is run once more to give what it found",
        run_twice,
        "SELECT COALESCE((SELECT MAX(r.Raw_ID) FROM Staging.Raw_Record AS r), 0) AS Last_ID",
        "SELECT ISNULL((SELECT MAX(r.Raw_ID) FROM Staging.Raw_Record AS r), 0) AS Last_ID, "
        "COALESCE(@n, (SELECT MIN(r.Raw_ID) FROM Staging.Raw_Record AS r)) AS First_ID",
    ),
    Rule(
        "what is distinct is ordered by what it does not show (145)",
        ordered_by_what_is_not_distinct,
        "SELECT DISTINCT Email FROM dbo.Diver ORDER BY Diver_ID",
        "SELECT DISTINCT Email AS Address FROM dbo.Diver ORDER BY Address",
    ),
    Rule(
        "a version that was never in force is taken for one",
        a_version_of_no_duration,
        "SELECT 1 AS One FROM dbo.Diver AS d JOIN dbo.Diver_History AS n "
        "ON n.Diver_ID = d.Diver_ID AND n.Valid_To = d.Valid_From",
        "SELECT 1 AS One FROM dbo.Diver AS d JOIN dbo.Diver_History AS n "
        "ON n.Diver_ID = d.Diver_ID AND n.Valid_To = d.Valid_From AND n.Valid_From < n.Valid_To",
    ),
    Rule(
        "NULL is compared with =",
        compared_with_null,
        "SELECT Diver_ID FROM dbo.Diver WHERE Phone = NULL",
        "UPDATE dbo.Data_Quarantine SET Claimed_By = NULL WHERE Claimed_By IS NOT NULL",
    ),
    Rule(
        "more than 1,000 rows are inserted by VALUES (10738)",
        too_many_values,
        f"INSERT INTO #Contested_Email (Email) VALUES {', '.join(['(1)'] * 1001)}",
        f"INSERT INTO #Contested_Email (Email) VALUES {', '.join(['(1)'] * 1000)}",
    ),
]


@pytest.mark.parametrize("rule", TREE_RULES, ids=lambda rule: rule.title)
def test_no_statement_does_what_a_server_refuses(rule: Rule) -> None:
    assert list(rule.find(parsed(rule.bad))), "the rule sleeps"
    assert not list(rule.find(parsed(rule.good))), "the rule cries wolf"
    found = {s.place: one.sql("tsql") for s in statements() for one in rule.find(s.tree)}
    assert found == {}
