"""An independent reader agrees: Frictionless reads our specifications and judges files by them.

    python3 -m venv .venv && .venv/bin/pip install -r tests/frictionless/requirements.txt
    .venv/bin/python tests/frictionless/check.py

Run at the root of the repository. For each release, both `spec.yaml` as it lies in the repository and the Table Schema
that is exported from it must (1) be read, with 50 fields, (2) pass the clean sample file, (3) find in a spoiled copy
exactly the cells that were spoiled. Ends with 0 when all holds, else with 1 and what does not.

The export is made by `cargo run -p fairway-spec --example export`; `--export "fairway spec export"` takes another command,
which is called with the specification's name and `table-schema`.
"""

import argparse
import csv
import json
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from frictionless import Resource, Schema

SPECS = Path("specs/asc-cld")
RELEASES = ("r1", "r2")
CARGO = "cargo run --quiet -p fairway-spec --example export --"

# Record (from 1), header, spoiled value, error that spec.yaml finds, error that the exported schema finds.
SPOILED = [
    (1, "NHS Number", "999000", "constraint-error", "constraint-error"),
    (2, "Postcode", "HX1", "constraint-error", "constraint-error"),
    (3, "Date of Birth", "1941-02-14", "type-error", "type-error"),
    (4, "Unit Cost", "about 20", "type-error", "type-error"),
    (5, "Gender", "Woman", None, "constraint-error"),
    (6, "LA Person Unique Identifier", "P" * 51, "constraint-error", "constraint-error"),
    (7, "No. of adults being cared for", "two", "type-error", "type-error"),
    (8, "Ethnicity", "", None, "constraint-error"),
    (9, "Date of Death", "NULL", None, None),
]


def exported(command, release):
    """The Table Schema of a release, as our own program writes it."""
    done = subprocess.run([*shlex.split(command), f"asc-cld/{release}", "table-schema"], check=True, capture_output=True)
    return Schema.from_descriptor(json.loads(done.stdout))


def spoil(source, target):
    """A copy of the sample file with the cells of SPOILED in it."""
    with source.open(newline="", encoding="utf-8") as file:
        header, *records = csv.reader(file)
    for record, column, value, *_ in SPOILED:
        records[record - 1][header.index(column)] = value
    with target.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *records])


def findings(path, schema):
    """Record, header and kind of every error."""
    report = Resource(path=path.name, basepath=str(path.parent), schema=schema).validate()
    places = report.flatten(["rowNumber", "fieldName", "type"])
    return [(row - 1 if row else None, field, kind) for row, field, kind in places]


def check(release, name, schema, column, folder):
    """What does not hold for one schema."""
    problems = []
    if len(schema.fields) != 50:
        problems.append(f"{name}: {len(schema.fields)} fields, not 50")
    clean = SPECS / release / "examples" / "valid.csv"
    if found := findings(clean, schema):
        problems.append(f"{name}: the clean file has {found}")
    spoiled = folder / f"{release}.csv"
    spoil(clean, spoiled)
    expected = [(row[0], row[1], row[column]) for row in SPOILED if row[column]]
    if (found := findings(spoiled, schema)) != expected:
        problems.append(f"{name}: the spoiled file should have {expected}, but has {found}")
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--export", default=CARGO, help="command that writes a specification (default: %(default)s)")
    options = parser.parse_args()
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        for release in RELEASES:
            path = SPECS / release / "spec.yaml"
            written = Schema.from_descriptor(str(path))
            problems += check(release, str(path), written, 3, Path(folder))
            problems += check(release, f"export of asc-cld/{release}", exported(options.export, release), 4, Path(folder))
    for problem in problems:
        print(problem, file=sys.stderr)
    if not problems:
        print("frictionless reads both releases, passes the clean files and finds every spoiled cell")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
