#!/usr/bin/env python3
"""Writes the 57 rules of cld57.py as a specification into bench/cld57, lists and all."""
import csv
from pathlib import Path

from cld57 import COLUMNS, DATES, LISTS, MANDATORY, NUMBERS, POSTCODE

FOLDER = Path(__file__).resolve().parent.parent / "cld57"
DIRECT = {"NHS_Number", "LA_Person_Unique_Identifier", "Forename", "Surname", "Address_Line_1", "Address_Line_2", "Town",
          "Postcode", "Date_of_Birth", "Event_Reference", "Event_Description", "Adult_1_Linked_Person_ID",
          "Adult_2_Linked_Person_ID", "Adult_3_Linked_Person_ID"}
HEAD = """\
# The 57 rules of bench/peers/cld57.py as a specification, so that `fairway check` and other people's programs do the same
# work: 11 columns that must be filled, 30 code lists, 6 dates, 3 numbers, a postcode, an NHS number, a service type where
# and only where the event is a service, two orders of days, references that differ. Not the real collection.
# Written by bench/peers/write_cld57.py.
dataset: cld57
release: r1
title: The benchmark's sixty columns
sources: {FW: Fairway's own}
conditions:
  is_service: >-
    "Event_Type" = 'Service'
fields:
"""
RULES = """\
# Written by bench/peers/write_cld57.py.
rules:
  - id: end-before-start
    stage: record
    severity: error
    field: Event_End_Date
    holds: >-
      "Event_Start_Date" <= "Event_End_Date"
    message: Event_End_Date must be on or after Event_Start_Date
    hint: Check both dates.
    source: FW
    confidence: assumed
    example: {Event_Start_Date: 2024-05-02, Event_End_Date: 2024-05-01}

  - id: birth-after-start
    stage: record
    severity: error
    field: Date_of_Birth
    holds: >-
      "Date_of_Birth" <= "Event_Start_Date"
    message: Date_of_Birth must be on or before Event_Start_Date
    hint: Check both dates.
    source: FW
    confidence: assumed
    example: {Event_Start_Date: 2024-05-02, Date_of_Birth: 2024-05-03}

  - id: reference-repeated
    stage: dataset
    severity: error
    field: Event_Reference
    across: {unique: [Event_Reference]}
    message: Event_Reference is also that of record {other}
    hint: Give every event a reference of its own.
    source: FW
    confidence: assumed
    example: [{Event_Reference: E1}, {Event_Reference: E1}]
"""


def field(column):
    kind, constraints = "string", {}
    if column in DATES:
        kind, constraints = 'date, format: "%Y-%m-%d"', {}
    elif column in NUMBERS:
        kind, constraints = "number", {"minimum": "0"}
    elif column == "Postcode":
        constraints = {"pattern": f"'{POSTCODE}'"}
    parts = [f"name: {column}", f"type: {kind}", f"class: {'direct' if column in DIRECT else 'quasi'}"]
    if column in LISTS:
        parts.append(f"codeList: {list_name(column)}")
    if column == "NHS_Number":
        parts.append("shape: nhs_number")
    if constraints:
        parts.append("constraints: {" + ", ".join(f"{key}: {value}" for key, value in constraints.items()) + "}")
    if column == "Service_Type":
        parts += ["applicable: is_service", "mandatory: is_service"]
    elif column in MANDATORY:
        parts.append("mandatory: TRUE")
    if column in MANDATORY or column == "Service_Type":
        parts.append(f"enter: Enter {column}")
    return "  - {" + ", ".join(parts) + "}\n"


def list_name(column):
    """The first column with the same values names the list."""
    return next(name for name, values in LISTS.items() if values == LISTS[column]).lower()


def main():
    lists = FOLDER / "codelists"
    lists.mkdir(parents=True, exist_ok=True)
    (FOLDER / "spec.yaml").write_text(HEAD + "".join(map(field, COLUMNS)), encoding="utf-8")
    (FOLDER / "rules.yaml").write_text(RULES, encoding="utf-8")
    for column, values in LISTS.items():
        with open(lists / f"{list_name(column)}.csv", "w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerow(["value", "group", "source", "confidence", "note"])
            rows.writerows([value, "", "FW", "verified", ""] for value in values)


main()
