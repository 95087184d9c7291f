"""The Data Validation Engine of NHS England, DuckDB behind it: a contract and SQL rules.   peer_dve.py FILE FINDINGS

It has no rule on repeated references short of a program of one's own, and it trims blanks before it looks at codes.
"""
import csv
import json
import logging
import os
import shutil
import sys
import tempfile
import warnings
from pathlib import Path

import duckdb
from dve.core_engine.backends.implementations.duckdb.auditing import DDBAuditingManager
from dve.pipeline.duckdb_pipeline import DDBDVEPipeline

from cld57 import COLUMNS, DATES, LISTS, MANDATORY, NUMBER, NUMBERS

path, out = sys.argv[1:3]
warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)
text = lambda value: "'" + value.replace("'", "''") + "'"


def rule(column, name, expression):
    return {"entity": "cld", "name": f"{column}_{name}", "expression": expression, "failure_type": "record",
            "is_informational": True, "error_code": f"{column}_{name}"[:40], "failure_message": f"{column} {name}",
            "error_location": "cld", "reporting_field": column, "category": "Bad value"}


def contract():
    fields = {c: "date" if c in DATES else "str" for c in COLUMNS}
    fields |= {"NHS_Number": "nhsnumber", "Postcode": {"callable": "postcode"}}
    rules = [rule(c, "code", f"{c} IS NULL OR {c} IN ({','.join(map(text, v))})") for c, v in LISTS.items()]
    rules += [rule(c, "number", f"{c} IS NULL OR regexp_matches({c}, {text(NUMBER)})") for c in NUMBERS]
    rules.append(rule("Service_Type", "required", "coalesce(Event_Type, '') <> 'Service' OR Service_Type IS NOT NULL"))
    rules.append(rule("Service_Type", "inapplicable", "Event_Type = 'Service' OR Event_Type IS NULL OR Service_Type IS NULL"))
    order = "{0} IS NULL OR Event_Start_Date IS NULL OR {0} {1} Event_Start_Date"
    rules.append(rule("Event_End_Date", "order", order.format("Event_End_Date", ">=")))
    rules.append(rule("Date_of_Birth", "order", order.format("Date_of_Birth", "<=")))
    reader = {"reader": "DuckDBCSVReader", "kwargs": {"header": True, "delim": ","}}
    dataset = {"fields": fields, "mandatory_fields": MANDATORY, "key_field": "Event_Reference",
               "reader_config": {".csv": reader}}
    return {"contract": {"datasets": {"cld": dataset}}, "transformations": {"filters": rules}}


def run(folder):
    for name in ("submitted", "rules", "done"):
        (folder / name).mkdir()
    (folder / "rules/cld.dischema.json").write_text(json.dumps(contract()))
    shutil.copy(path, folder / "submitted/cld.csv")
    about = {"file_name": "cld", "file_extension": "csv", "file_size": 1, "dataset_id": "cld",
             "datetime_received": "2025-04-03T10:53:36.123Z"}
    (folder / "submitted/cld.metadata.json").write_text(json.dumps(about))
    connection = duckdb.connect(str(folder / "audit.duckdb"))
    audit = DDBAuditingManager((folder / "audit.duckdb").as_uri(), None, connection)
    pipeline = DDBDVEPipeline(
        processed_files_path=str(folder / "done"), audit_tables=audit, connection=connection, job_run_id=1,
        rules_path=str(folder / "rules/cld.dischema.json"), submitted_files_path=str(folder / "submitted"))
    list(pipeline.cluster_pipeline_run(max_workers=1))


def messages(folder):
    for file in folder.glob("done/**/*.jsonl"):
        with open(file, encoding="utf-8") as lines:
            yield from map(json.loads, lines)


with tempfile.TemporaryDirectory() as made, open(out, "w", encoding="utf-8", newline="") as target:
    run(Path(made))
    findings = csv.writer(target)
    findings.writerow(["row", "column", "rule"])
    for message in messages(Path(made)):
        fields = message.get("ReportingField") or []
        for column in fields.split(",") if isinstance(fields, str) else fields:
            findings.writerow([message.get("RecordIndex") or 0, column.strip(), message.get("FailureType")])
# Its threads do not end by themselves.
sys.stdout.flush()
os._exit(0)
