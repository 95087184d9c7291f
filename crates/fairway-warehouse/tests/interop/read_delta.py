"""Reads tables that Fairway wrote with another implementation's binding and checks rows, schema and imports.

    python3 -m venv venv && venv/bin/pip install 'deltalake>=1.1' pyarrow
    FAIRWAY_INTEROP_DIR=DIR cargo test -p fairway-warehouse --test it -- --ignored --exact interop::tables_for_an_independent_reader
    venv/bin/python read_delta.py DIR
"""

import sys
from decimal import Decimal
from pathlib import Path

import pyarrow.compute as pc
from deltalake import DeltaTable


def check(what, got, wanted):
    if got != wanted:
        raise SystemExit(f"{what}: {got!r}, wanted {wanted!r}")
    print(f"{what}: {got!r}")


def main(root):
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
    one = events.to_pyarrow_table(partitions=[("import_id", "=", rows["import_id"][0].as_py())])
    check("rows of one import", one.num_rows, 1_000)

    derived = DeltaTable(root / "tables/deidentified/asc_cld").to_pyarrow_table()
    check("columns", derived.column_names, ["import_id", "row_number", "Event_Type"])
    check("rows with and without the later column", derived.num_rows, 2_000)
    check("nulls of the later column", derived["Event_Type"].null_count, 1_000 + 333)
    print("agreed")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
