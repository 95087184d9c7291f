"""What polars, DuckDB, Python and frictionless say of a file with eight faults of structure.   peer_hostile.py FILE"""
import csv
import os
import sys
from collections import Counter

import duckdb
import polars as pl
from frictionless import Resource

path = sys.argv[1]


def python(encoding):
    with open(path, encoding=encoding, newline="", errors="strict" if encoding == "utf-8" else "replace") as file:
        rows = list(csv.reader(file))
    return f"{len(rows)} rows of {sorted({len(row) for row in rows})} cells, no complaint"


def duck(options):
    return f"{duckdb.sql(f'SELECT count(*) FROM read_csv(?{options})', params=[path]).fetchone()[0]} rows"


def frictionless(encoding):
    resource = Resource(path=os.path.basename(path), basepath=os.path.dirname(path) or ".", encoding=encoding)
    task = resource.validate(limit_errors=100_000).tasks[0]
    kinds = Counter(error.type for error in task.errors)
    first = [f"{error.type} at row {getattr(error, 'row_number', None)}" for error in task.errors[:4]]
    return f"{task.stats.get('rows')} rows; {dict(kinds)}; first: {', '.join(first)}"


TRIES = {
    "python csv, UTF-8": lambda: python("utf-8"),
    "python csv, Windows-1252": lambda: python("cp1252"),
    "polars": lambda: pl.read_csv(path, infer_schema=False).shape,
    "polars, lenient": lambda: pl.read_csv(
        path, infer_schema=False, ignore_errors=True, truncate_ragged_lines=True, encoding="utf8-lossy").shape,
    "duckdb": lambda: duck(", all_varchar=true, header=true"),
    "duckdb, ignore_errors": lambda: duck(", all_varchar=true, header=true, ignore_errors=true, delim=',', quote='\"'"),
    "frictionless, UTF-8": lambda: frictionless("utf-8"),
    "frictionless, Windows-1252": lambda: frictionless("cp1252"),
}
for name, attempt in TRIES.items():
    try:
        said = attempt()
    except Exception as error:  # whatever a peer throws is what it has to say
        said = f"{type(error).__name__}: {str(error).strip().splitlines()[0][:160]}"
    print(f"{name}: {said}")
