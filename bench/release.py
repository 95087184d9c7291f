#!/usr/bin/env python3
"""The release gate at size: an extract made, read back, held against every rule and signed, beside DuckDB's COPY of the same
columns of the same files. DuckDB re-keys nothing, shuffles nothing, reads nothing back and looks for nothing: what stands
between the two figures is what the gate costs.

  python3 bench/release.py --fairway target/release/fairway --duckdb PYTHON [--people 330000] [--columns 60] [--rounds 3]
"""
import argparse
import json
import os
import statistics
import tempfile

from measuring import machine, measure, table
from pipeline import AGREEMENT, unlocked_keyholder

# Ages on exact days tell the day of birth, and providers of a few people are named: the gate refuses them, and rightly.
NOT_RELEASED = ("Der_Age_Event_Start_Date", "Der_Age_Event_End_Date", "Provider_CQC_Location_ID")
PEER = """
import duckdb, sys
columns, source, folder = sys.argv[1], sys.argv[2], sys.argv[3]
duckdb.sql(f"CREATE VIEW v AS SELECT {columns} FROM read_parquet('{source}')")
duckdb.sql(f"COPY v TO '{folder}/peer.csv' (HEADER)")
duckdb.sql(f"COPY v TO '{folder}/peer.parquet' (FORMAT parquet, COMPRESSION zstd)")
"""


def deidentified(fairway, people, folder):
    """A data directory with so many people's records de-identified, its keyholder, and the rows in it."""
    made, data = os.path.join(folder, "made"), os.path.join(folder, "data")
    measure([fairway, "synth", "--people", str(people), "--la", "313", "--release", "r2", "--period-end", "2025-03-31",
             "--seed", "1", "--out", made])
    keyholder = unlocked_keyholder(fairway, data, folder)
    measure([fairway, "init", "--data", data])
    receipt = measure([fairway, "land", os.path.join(made, "submission.csv"), "--org", "313", "--data", data, "--json"])
    measure([fairway, "work", "--jobs", "1", "--data", data])
    measure([fairway, "accept", json.loads(receipt.text)["submission"], "--data", data], (0, 12))
    measure([fairway, "work", "--until-idle", "--data", data])
    return data, keyholder


def columns_of(fairway, data, count):
    row = json.loads(measure([fairway, "query", "SELECT * FROM asc_cld LIMIT 1", "--format", "json", "--data", data]).text)
    names = [name for name in row[0] if name not in NOT_RELEASED and name != "import_id"]
    return names[:count]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fairway", required=True)
    parser.add_argument("--duckdb", required=True, help="a Python that has duckdb")
    parser.add_argument("--people", type=int, default=330_000, help="about three records each")
    parser.add_argument("--columns", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    os.environ.setdefault("FAIRWAY_REFERENCE", os.path.join(os.path.dirname(__file__), "..", "reference"))
    with tempfile.TemporaryDirectory() as folder:
        data, keyholder = deidentified(options.fairway, options.people, folder)
        try:
            figures = rounds(options, data, folder)
        finally:
            keyholder.terminate()
            keyholder.wait()
    rows, names, ours, theirs = figures
    print(f"{rows:,} rows of {names} columns; medians of {options.rounds} rounds; {machine()}\n")
    shown = [["Fairway: re-keyed, shuffled, CSV and Parquet, read back, gate, signed", *ours],
             ["DuckDB: COPY to CSV and to Parquet", *theirs]]
    print(table(["", "wall s", "cpu s", "peak MB"], shown))


def rounds(options, data, folder):
    names = columns_of(options.fairway, data, options.columns)
    agreement = os.path.join(folder, "agreement.yaml")
    with open(agreement, "w", encoding="utf-8") as out:
        out.write(AGREEMENT.format(columns="\n".join(f"  - {name}" for name in names)))
    source = os.path.join(data, "warehouse", "deidentified", "asc_cld", "*", "*.parquet")
    quoted = ", ".join(f'"{name}"' for name in names)
    ours, theirs, rows = [], [], 0
    for _ in range(options.rounds):
        run = measure([options.fairway, "release", "--agreement", agreement, "--data", data, "--json"])
        rows = json.loads(run.text)["manifest"]["rows"]
        ours.append((run.wall, run.cpu, run.rss))
        run = measure([options.duckdb, "-c", PEER, quoted, source, folder])
        theirs.append((run.wall, run.cpu, run.rss))
    middle = lambda runs: [f"{statistics.median(run[at] for run in runs):.1f}" for at in range(3)]
    return rows, len(names), middle(ours), middle(theirs)


if __name__ == "__main__":
    main()
