"""Plain Python: the csv module and the rules by hand.   peer_python.py FILE FINDINGS"""
import csv
import datetime as dt
import functools
import re
import sys

from cld57 import DATES, ISO_DATE, LISTS, MANDATORY, NUMBER, NUMBERS, POSTCODE

path, out = sys.argv[1:3]
is_postcode, is_number, is_iso = (re.compile(shape).match for shape in (POSTCODE, NUMBER, ISO_DATE))
weights = range(10, 1, -1)


@functools.cache
def is_day(text):
    try:
        return bool(is_iso(text)) and bool(dt.date.fromisoformat(text))
    except ValueError:
        return False


def number_problem(text):
    if len(text) != 10 or not text.isdigit():
        return "format"
    check = 11 - sum(map(int.__mul__, map(int, text[:9]), weights)) % 11
    return "checksum" if (0 if check == 11 else check) != int(text[9]) else None


def judge(reader, add):
    at = {column: index for index, column in enumerate(next(reader))}
    mandatory = [(at[c], c) for c in MANDATORY]
    lists = [(at[c], c, frozenset(values)) for c, values in LISTS.items()]
    dates, numbers = [(at[c], c) for c in DATES], [(at[c], c) for c in NUMBERS]
    names = ("Postcode", "NHS_Number", "Event_Type", "Service_Type", "Event_Start_Date", "Event_End_Date",
             "Date_of_Birth", "Event_Reference")
    postcode_at, number_at, what_at, service_at, start_at, end_at, birth_at, reference_at = (at[c] for c in names)
    seen = set()
    for row, cells in enumerate(reader, 1):
        for index, column in mandatory:
            if not cells[index]:
                add((row, column, "missing"))
        for index, column, values in lists:
            if cells[index] and cells[index] not in values:
                add((row, column, "code"))
        for index, column in dates:
            if cells[index] and not is_day(cells[index]):
                add((row, column, "date"))
        for index, column in numbers:
            if cells[index] and not is_number(cells[index]):
                add((row, column, "number"))
        if cells[postcode_at] and not is_postcode(cells[postcode_at]):
            add((row, "Postcode", "postcode"))
        problem = cells[number_at] and number_problem(cells[number_at])
        if problem:
            add((row, "NHS_Number", problem))
        what, service = cells[what_at], cells[service_at]
        if what == "Service" and not service:
            add((row, "Service_Type", "required"))
        if what and what != "Service" and service:
            add((row, "Service_Type", "inapplicable"))
        start, end, birth = cells[start_at], cells[end_at], cells[birth_at]
        if start and end and is_day(start) and is_day(end) and end < start:
            add((row, "Event_End_Date", "order"))
        if start and birth and is_day(start) and is_day(birth) and birth > start:
            add((row, "Date_of_Birth", "order"))
        reference = cells[reference_at]
        if reference:
            if reference in seen:
                add((row, "Event_Reference", "duplicate"))
            seen.add(reference)


with open(path, encoding="utf-8", newline="") as source, open(out, "w", encoding="utf-8", newline="") as target:
    findings = csv.writer(target)
    findings.writerow(["row", "column", "rule"])
    judge(csv.reader(source), findings.writerow)
