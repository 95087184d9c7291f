"""What of the seeded defects was found: by row and column, and by row alone.

  score.py TRUTH FINDINGS     findings.csv of Fairway (record, column) or of a peer (row, column)
"""
import csv
import json
import sys


def truth_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        return {(int(row["row"]), row["column"]): row["kind"] for row in csv.DictReader(file)}


def findings_of(path):
    """(row, column) of each finding about a row; the column is empty where none is named."""
    with open(path, encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        header = next(reader)
        row_at, column_at = header.index("record" if "record" in header else "row"), header.index("column")
        severity_at = header.index("severity") if "severity" in header else None
        for cells in reader:
            if cells[row_at] and (severity_at is None or cells[severity_at] != "info"):
                yield int(cells[row_at]), cells[column_at]


def score(truth_path, findings_path):
    truth = truth_of(truth_path)
    rows_wrong = {row for row, _ in truth}
    found, cells, rows, extra_cells, extra_rows = 0, set(), set(), 0, set()
    for row, column in findings_of(findings_path):
        found += 1
        if (row, column) in truth:
            cells.add((row, column))
        else:
            extra_cells += 1
        if row in rows_wrong:
            rows.add(row)
        else:
            extra_rows.add(row)
    missed = {}
    for place, kind in truth.items():
        if place not in cells:
            missed[kind] = missed.get(kind, 0) + 1
    return {"findings": found, "seeded": len(truth), "cells": len(cells), "rows": len(rows),
            "elsewhere": extra_cells, "false_rows": len(extra_rows), "missed": missed}


if __name__ == "__main__":
    print(json.dumps(score(*sys.argv[1:3])))
