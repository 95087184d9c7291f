"""Frictionless: a Table Schema, four row constraints, a check of its own.   peer_frictionless.py FILE FINDINGS

Without a limit on errors; by default it stops at the thousandth. Its row constraints name no column.
"""
import csv
import os
import sys

from frictionless import Check, Checklist, Resource, Schema, checks, errors

from cld57 import COLUMNS, DATES, LISTS, MANDATORY, NUMBERS, POSTCODE

path, out = sys.argv[1:3]


def field(column):
    kind = "date" if column in DATES else "number" if column in NUMBERS else "string"
    constraints = {"minimum": 0} if column in NUMBERS else {}
    if column in LISTS:
        constraints["enum"] = LISTS[column]
    if column in MANDATORY:
        constraints["required"] = True
    if column == "Postcode":
        constraints["pattern"] = POSTCODE.strip("^$")
    if column == "Event_Reference":
        constraints["unique"] = True
    return {"name": column, "type": kind, "constraints": constraints}


class CheckDigit(Check):
    type = "nhs-number"
    Errors = [errors.CellError]

    def validate_row(self, row):
        text = row["NHS_Number"]
        if text:
            check = 11 - sum(int(text[i]) * (10 - i) for i in range(9)) % 11
            if (0 if check == 11 else check) != int(text[9]):
                yield errors.CellError.from_row(row, note="check digit", field_name="NHS_Number")


rules = [
    "Event_Type != 'Service' or Service_Type",
    "Event_Type == 'Service' or not Service_Type",
    "not Event_End_Date or not Event_Start_Date or Event_End_Date >= Event_Start_Date",
    "not Date_of_Birth or not Event_Start_Date or Date_of_Birth <= Event_Start_Date",
]
checklist = Checklist(checks=[CheckDigit(), *(checks.row_constraint(formula=rule) for rule in rules)])
schema = Schema.from_descriptor({"fields": [field(c) for c in COLUMNS]})
resource = Resource(path=os.path.basename(path), basepath=os.path.dirname(path), schema=schema)
report = resource.validate(checklist, limit_errors=10_000_000)
with open(out, "w", encoding="utf-8", newline="") as target:
    findings = csv.writer(target)
    findings.writerow(["row", "column", "rule"])
    for error in report.tasks[0].errors:
        findings.writerow([error.row_number - 1, getattr(error, "field_name", ""), error.type])
