"""Reads tables that Fairway wrote, three times: with the Python binding of delta-rs (another build of the library Fairway
writes with), with DuckDB (a Parquet reader of its own) over the files that the log names, and without any Delta library, from the log's JSON and the plain Parquet files. Checks rows, schema and
imports. `make test` runs it; by hand:

    python3 -m venv venv && venv/bin/pip install -r tests/requirements.txt
    FAIRWAY_INTEROP_DIR=DIR cargo test -p fairway-warehouse --test it -- \
        --ignored --exact interop::tables_for_an_independent_reader
    venv/bin/python tests/interop/read_delta.py DIR
"""

import json
import sys
from decimal import Decimal
from pathlib import Path
from urllib.parse import unquote

import duckdb
import pyarrow.compute as pc
import pyarrow.parquet as pq
from deltalake import DeltaTable


def check(what, got, wanted):
    if got != wanted:
        raise SystemExit(f"{what}: {got!r}, wanted {wanted!r}")
    print(f"{what}: {got!r}")


def read_with_delta_rs(root):
    events = DeltaTable(root / "tables/identifiable/asc_cld")
    check("version", events.version(), 29)
    check("partitions", events.metadata().partition_columns, ["import_id"])
    protocol = events.protocol()
    check("protocol", (protocol.min_reader_version, protocol.min_writer_version), (1, 2))
    fields = [(field.name, str(field.type.type)) for field in events.schema().fields]
    wanted = [
        ("import_id", "string"),
        ("row_number", "long"),
        ("person_uid", "binary"),
        ("Event_Type", "string"),
        ("Event_Start_Date", "date"),
        ("Unit_Cost", "decimal(18,2)"),
    ]
    check("schema", fields, wanted)
    check("class", events.schema().fields[3].metadata, {"fairway.class": "plain"})
    rows = events.to_pyarrow_table()
    check("rows", rows.num_rows, 30_000)
    check("imports", len(pc.unique(rows["import_id"])), 30)
    check("cost", pc.sum(rows["Unit_Cost"]).as_py(), Decimal("0.05") * 30_000 + Decimal("0.10") * 30 * 500_500)
    check("nulls", rows["Event_Type"].null_count, 30 * 333)
    one = events.to_pyarrow_table(filters=[("import_id", "=", rows["import_id"][0].as_py())])
    check("rows of one import", one.num_rows, 1_000)

    derived = DeltaTable(root / "tables/deidentified/asc_cld").to_pyarrow_table()
    check("columns", derived.column_names, ["import_id", "row_number", "Event_Type"])
    check("rows with and without the later column", derived.num_rows, 2_000)
    check("nulls of the later column", derived["Event_Type"].null_count, 1_000 + 333)


def read_with_duckdb(root):
    """DuckDB's extension for Delta is fetched from its makers; the log is plain JSON, and the rest is DuckDB's own."""
    table = root / "tables/identifiable/asc_cld"
    commits = [str(commit) for commit in sorted((table / "_delta_log").glob("*.json"))]
    db = duckdb.connect()
    named = db.execute(
        "SELECT \"add\".path FROM read_json(?, format = 'newline_delimited', union_by_name = true) WHERE \"add\" IS NOT NULL",
        [commits],
    ).fetchall()
    files = [str(table / unquote(path)) for (path,) in named]
    rows = """SELECT count(*), count(DISTINCT import_id), sum(Unit_Cost), count(*) - count(Event_Type), min(row_number),
              max(row_number) FROM read_parquet(?, hive_partitioning = true, hive_types_autocast = false)"""
    cost = Decimal("0.05") * 30_000 + Decimal("0.10") * 30 * 500_500
    check("rows in DuckDB", db.execute(rows, [files]).fetchone(), (30_000, 30, cost, 30 * 333, 1, 1_000))


def read_without_delta(root):
    """Replays the commits as the Delta protocol says and reads each file it adds."""
    table = root / "tables/identifiable/asc_cld"
    commits = sorted((table / "_delta_log").glob("*.json"))
    actions = [json.loads(line) for commit in commits for line in commit.read_text().splitlines()]
    adds = [action["add"] for action in actions if "add" in action]
    check("removed", sum("remove" in action for action in actions), 0)
    rows = 0
    for add in adds:
        path = table / unquote(add["path"])
        check_quietly("size", path.stat().st_size, add["size"])
        # Without pyarrow's guess of a partition from the folder's name: import_id is not in the file.
        file = pq.ParquetFile(path)
        check_quietly("columns", file.schema_arrow.names[0], "row_number")
        check_quietly("rows of a file", file.metadata.num_rows, json.loads(add["stats"])["numRecords"])
        rows += file.read().num_rows
    check("rows without a Delta library", rows, 30_000)
    transactions = {action["txn"]["appId"] for action in actions if "txn" in action}
    wanted = {f"fairway.import.{add['partitionValues']['import_id']}" for add in adds}
    check_quietly("imports remembered", transactions, wanted)


def check_quietly(what, got, wanted):
    if got != wanted:
        raise SystemExit(f"{what}: {got!r}, wanted {wanted!r}")


if __name__ == "__main__":
    read_with_delta_rs(Path(sys.argv[1]))
    read_with_duckdb(Path(sys.argv[1]))
    read_without_delta(Path(sys.argv[1]))
    print("agreed")
