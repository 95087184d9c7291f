#!/usr/bin/env python3
"""Makes a file like client level data (60 columns) with known defects: one row in every hundred has exactly one.

  gen_cld.py OUT.csv TRUTH.csv [--rows 1000000] [--seed 20210730] [--storm STORM.csv] [--hostile HOSTILE.csv]

Twelve kinds of defect take turns (shuffled in twelves). TRUTH has row (1-based data row), line (the header is line 1),
column, kind, value. The same arguments give the same bytes. People are made up; NHS numbers have a right check digit and
lie in the 999 range, which is never issued. STORM is the same file with three columns wrong in every row; HOSTILE is its
first 1,000 rows with eight faults of structure and one legal line break within quotes. Standard library alone.
"""
import argparse
import datetime as dt
import random

from cld57 import COLUMNS, LISTS, MANDATORY

AT = {column: index for index, column in enumerate(COLUMNS)}
KINDS = ["nhs_checksum", "code_not_in_list", "date_format", "impossible_date", "end_before_start",
         "missing_mandatory", "postcode_malformed", "cost_not_number", "service_type_missing",
         "service_type_inapplicable", "duplicate_event_ref", "dob_after_event"]
# Three columns of every row of a storm.
STORM = {"Gender": "ZZZ", "Postcode": "UNKNOWN", "Unit_Cost": "n/a"}

COUNCILS = [str(code) for code in (102, 106, 108, 109, 110, 111, 112, 113, 116, 117, 204, 205, 206, 209, 210, 211)]
FORENAMES = ("Amara Brian Chloe David Edith Farah George Hannah Imran Joan Kofi Leila Mary Noah Olga Peter Quentin Rose "
             "Samir Tess Una Victor Wendy Xin Yusuf Zoe").split()
SURNAMES = ("Adams Begum Clarke Davies Evans Foster Green Hussain Iqbal Jones Khan Lewis Mann Nguyen O'Brien Patel Quinn "
            "Roberts Smith Taylor Usman Vaughan Walker Xu Young Zaman").split()
STREETS = ["High Street", "Church Lane", "Station Road", "Victoria Avenue", "Mill Close", "The Green", "Park View"]
TOWNS = ["Leeds", "Bury", "Wigan", "Sefton", "Halton", "Derby", "Luton", "Exeter", "York"]
AREAS = ["LS", "BL", "WN", "L", "WA", "DE", "LU", "EX", "YO", "M", "B", "CV"]
INWARD = "ABDEFGHJLNPQRSTUWXYZ"
CONDITIONS = ("", "", "", "Stroke", "COPD", "Cancer")


def days(first, count):
    """`count` days from `first` on, as ISO dates."""
    return [(first + dt.timedelta(day)).isoformat() for day in range(count)]


BIRTHS = days(dt.date(1925, 1, 1), 29200)
YEAR = days(dt.date(2024, 4, 1), 365)


def nhs_number(body):
    """Ten digits from a nine-digit body; None where the check digit would be 10."""
    digits = f"{body:09d}"
    check = 11 - sum(int(digit) * (10 - place) for place, digit in enumerate(digits)) % 11
    return None if check == 10 else digits + ("0" if check == 11 else str(check))


def quoted(value):
    return '"' + value.replace('"', '""') + '"' if any(mark in value for mark in ',"\n') else value


class Maker:
    """Draws from one source of chance, in one order: the same seed gives the same file."""

    def __init__(self, seed, rows):
        self.random = random.Random(seed)
        self.choice, self.below = self.random.choice, self.random.randrange
        self.kinds = []
        self.people = self.make_people(max(100, rows // 4))

    def postcode(self):
        choice, below = self.choice, self.below
        return f"{choice(AREAS)}{below(1, 30)} {below(0, 10)}{choice(INWARD)}{choice(INWARD)}"

    def make_people(self, wanted):
        people, body = [], 999_000_000
        while len(people) < wanted:
            number = nhs_number(body)
            body = body + 1 if body < 999_999_999 else 900_000_000
            if number is not None:
                people.append(self.person(number, len(people) + 1))
        return people

    def person(self, number, index):
        choice, below, of = self.choice, self.below, lambda column: self.choice(LISTS[column])
        return [
            COUNCILS[index % len(COUNCILS)], "2024-04-01", "2025-03-31", number if below(20) else "", f"P{index:08d}",
            choice(FORENAMES), choice(SURNAMES), f"{below(1, 300)} {choice(STREETS)}", "", choice(TOWNS),
            self.postcode(), f"{choice('ABCDEFGHJKLMNPYW')}{below(10000, 99999):05d}", of("Gender"), of("Ethnicity"),
            of("Religion"), of("Sexual_Orientation"), of("First_Language"), of("Interpreter_Required"),
            BIRTHS[below(len(BIRTHS))], "", LISTS["Client_Type"][0 if below(8) else 1], of("Primary_Support_Reason"),
            of("Accommodation_Status"), of("Employment_Status"), of("Has_Unpaid_Carer"),
            of("Autism_Spectrum_Disorder_ASD"), of("Visual_Impairment"), of("Hearing_Impairment"), of("Dementia"),
            choice(CONDITIONS), of("Client_Funding_Status"),
        ]

    def next_kind(self):
        if not self.kinds:
            self.kinds = KINDS[:]
            self.random.shuffle(self.kinds)
        return self.kinds.pop()

    def event(self, index, kind):
        """A row, and the day of the year its event starts. `kind` is the defect that it is to have later, if any."""
        choice, below, of = self.choice, self.below, lambda column: self.choice(LISTS[column])
        person = self.people[below(len(self.people))]
        row = person + [""] * (len(COLUMNS) - len(person))
        what, start = below(4), below(365)
        if kind in ("service_type_missing", "cost_not_number"):
            what = 2
        if kind == "service_type_inapplicable":
            what = 0
        if kind == "end_before_start":
            start = 30 + below(300)
        row[31], row[33] = LISTS["Event_Type"][what], YEAR[start]
        row[32] = f"{person[0]}-{'RASV'[what]}-{index + 1:09d}"
        if below(3) or kind == "end_before_start":
            row[34] = YEAR[min(364, start + below(120))]
        row[36], row[59] = of("Event_Outcome"), f"TEAM{below(400):03d}"
        self.fill_module(row, what)
        if person[20] == "Carer":
            row[41], row[42] = of("Total_Hrs_Caring_per_week"), str(below(1, 4))
            row[43] = self.people[below(len(self.people))][4]
        row[35] = "" if below(3) else f"{row[31]} following contact with {choice(FORENAMES)}"
        return row, start

    def fill_module(self, row, what):
        below, of = self.below, lambda column: self.choice(LISTS[column])
        if what == 0:
            row[37], row[58] = of("Request_Route_of_Access"), of("Interpreter_Required")
        elif what == 1:
            row[38], row[39], row[40] = of("Assessment_Type"), of("Eligible_Needs_Identified"), of("Method_of_Assessment")
        elif what == 2:
            row[46], row[47], row[48] = of("Service_Type"), of("Service_Component"), of("Delivery_Mechanism")
            row[49] = f"1-{below(10**9):09d}"
            row[50], row[51] = f"{self.choice(SURNAMES)} Care Ltd", self.postcode()
            row[55], row[56] = f"{below(5, 1500)}.{below(100):02d}", of("Cost_Frequency_Unit_Type")
            row[57] = f"{below(1, 60)}.{below(10)}"
        else:
            row[52], row[53], row[54] = of("Review_Reason"), of("Review_Outcomes_Achieved"), of("Method_of_Review")

    def spoil(self, row, kind, start, reference_before):
        """Gives the row its defect; gives the column."""
        choice, below = self.choice, self.below
        put = lambda column, value: (row.__setitem__(AT[column], value), column)[1]
        if kind == "nhs_checksum":
            number = row[3] or nhs_number(999_000_003) or "9990000036"
            return put("NHS_Number", number[:9] + str((int(number[9]) + 1 + below(8)) % 10))
        if kind == "code_not_in_list":
            column = choice(("Gender", "Ethnicity", "Primary_Support_Reason", "Accommodation_Status",
                             "Client_Funding_Status", "Event_Outcome"))
            value = row[AT[column]]
            return put(column, choice(("M", "White", "Not known", "ZZZ", value.lower(), value + " ")))
        if kind == "date_format":
            column = choice(("Event_Start_Date", "Date_of_Birth"))
            return put(column, "/".join(reversed(row[AT[column]].split("-"))))
        if kind == "impossible_date":
            column = choice(("Event_End_Date", "Date_of_Birth"))
            return put(column, choice(("2024-02-30", "1963-13-01", "2023-02-29", "2024-04-31")))
        if kind == "end_before_start":
            return put("Event_End_Date", YEAR[start - 1 - below(29)])
        if kind == "missing_mandatory":
            return put(choice(MANDATORY), "")
        if kind == "postcode_malformed":
            return put("Postcode", choice(("LS1", "1LS 4AB", "UNKNOWN", "LS1 4A", "L$1 4AB", "QQ99 9VV9")))
        if kind == "cost_not_number":
            return put("Unit_Cost", choice(("£12.50", "1,200.00", "n/a", "-45.00", "12.5.0")))
        if kind == "service_type_missing":
            return put("Service_Type", "")
        if kind == "service_type_inapplicable":
            return put("Service_Type", LISTS["Service_Type"][2])
        if kind == "duplicate_event_ref":
            return put("Event_Reference", reference_before)
        return put("Date_of_Birth", f"2025-{below(4, 13):02d}-{below(1, 29):02d}")


def write(options):
    maker = Maker(options.seed, options.rows)
    outputs = [open(path, "w", encoding="utf-8", newline="") for path in (options.out, options.truth)]
    out, truth = outputs
    storm = open(options.storm, "w", encoding="utf-8", newline="") if options.storm else None
    line = lambda row: ",".join([quoted(value) if "," in value or '"' in value else value for value in row]) + "\n"
    for file in (out, storm):
        if file:
            file.write(",".join(COLUMNS) + "\n")
    truth.write("row,line,column,kind,value\n")
    reference_before = None
    for index in range(options.rows):
        if index % 100 == 0:
            bad, kind = index + maker.below(2, 100), maker.next_kind()
        spoilt = kind if index == bad else None
        row, start = maker.event(index, spoilt)
        if spoilt:
            column = maker.spoil(row, spoilt, start, reference_before)
            truth.write(f"{index + 1},{index + 2},{column},{spoilt},{quoted(row[AT[column]])}\n")
        reference_before = row[32]
        out.write(line(row))
        if storm:
            for column, value in STORM.items():
                row[AT[column]] = value
            storm.write(line(row))
    for file in outputs + ([storm] if storm else []):
        file.close()


def write_hostile(source, target):
    """Eight faults of structure; a quote that is never closed comes last, so that whoever stumbles does so late."""
    with open(source, "rb") as file:
        lines = file.read(3_000_000).split(b"\n")[:1001]
    last = lambda at, cell: lines[at].rsplit(b",", 1)[0] + b"," + cell
    lines[100] += b",extra"
    lines[200] = lines[200].rsplit(b",", 1)[0]
    lines[300] = lines[300].replace(b"Request", b"Request\x92s", 1) if b"Request" in lines[300] else lines[300][:-1] + b"\x92"
    lines[400] += b"\x00"
    cells = lines[500].split(b",")
    cells[35 if len(cells) == 60 else -1] = b'"two\nlines"'
    lines[500] = b",".join(cells)
    lines[600] = last(600, b'TEAM"7"')
    lines[700] = b""
    lines[800] = last(800, b'"never closed')
    lines[0] = b"\xef\xbb\xbf" + lines[0]
    with open(target, "wb") as file:
        file.write(b"\n".join(lines) + b"\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out")
    parser.add_argument("truth")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=20210730)
    parser.add_argument("--storm")
    parser.add_argument("--hostile")
    options = parser.parse_args()
    write(options)
    if options.hostile:
        write_hostile(options.out, options.hostile)


if __name__ == "__main__":
    main()
