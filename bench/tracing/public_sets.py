#!/usr/bin/env python3
"""Two public sets of records with known persons, written as a register and requests:

  public_sets.py febrl REGISTER.csv[.gz] QUERIES.csv[.gz] OUT [--identifier]
  public_sets.py historical FIGURES.parquet OUT

FEBRL 4: 5,000 records and a spoiled copy of each; FEBRL 2, one file given twice: 4,000 and 1,000 copies. A record's Australian postcode becomes one of the British shape, figure by
figure, and its social security number an NHS number. Historical figures: the first record of each person is the register,
all others ask. Persons are parted in two halves by a hash of their name in the file: `development` may be looked at while
the engine is made, `scored` is for the last run alone (column `half` of truth.csv). Everything becomes made-up numbers that
begin with 9. The historical set needs polars.
"""
import csv
import gzip
import hashlib
import os
import re
import sys

REGISTER = ("nhs_number given_name other_given_names family_name gender date_of_birth date_of_death address_line1 address_line2 "
            "address_line3 postcode gp_practice sensitive").split()
QUERY = "query_id nhs_number given_name other_given_names family_name gender date_of_birth address_line1 postcode".split()
TITLES = set("sir lady lord dame baron baronet earl duke viscount marquess count countess duchess rev reverend dr of the de "
             "1st 2nd 3rd 4th 5th 6th 7th 8th 9th jr sr and a".split())


def number(digits):
    """A number with its check digit from eight digits: the first of ten beginnings that has one."""
    for second in range(10):
        nine = [9, second, *map(int, digits)]
        check = -sum((10 - at) * digit for at, digit in enumerate(nine)) % 11
        if check < 10:
            return "".join(map(str, [*nine, check]))
    raise ValueError(digits)


def half(person):
    return "scored" if hashlib.sha256(person.encode()).digest()[0] & 1 else "development"


def write(out, people, queries):
    """People by their key; queries as (id, key of the person, request)."""
    os.makedirs(out, exist_ok=True)

    def table(name, columns, rows):
        with open(os.path.join(out, name), "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)

    table("register.csv", REGISTER, people.values())
    table("history.csv", ["nhs_number", "field", "value"], [])
    table("superseded.csv", ["old_nhs_number", "nhs_number"], [])
    table("queries.csv", QUERY, [{"query_id": ref, **request} for ref, _, request in queries])
    table("truth.csv", ["query_id", "nhs_number", "half"],
          [{"query_id": ref, "nhs_number": people[key]["nhs_number"], "half": half(key)} for ref, key, _ in queries])


def febrl(register, queries, out, *options):
    def rows(path):
        opened = gzip.open(path, "rt", encoding="utf-8") if path.endswith(".gz") else open(path, encoding="utf-8")
        with opened as file:
            for row in csv.DictReader(file, skipinitialspace=True):
                yield {name.strip(): (value or "").strip() for name, value in row.items()}

    def details(row):
        code = row["postcode"]
        shaped = re.fullmatch(r"\d{4}", code)
        return {
            "given_name": row["given_name"], "family_name": row["surname"], "date_of_birth": row["date_of_birth"],
            "address_line1": f"{row['street_number']} {row['address_1']}".strip(),
            "postcode": f"Q{code[:2]} {code[2]}{'ABDEFGHJLN'[int(code[3])]}A" if shaped else "",
        }, {"address_line2": row["address_2"], "address_line3": row["suburb"]}

    people, taken, asked = {}, set(), []
    for row in filter(lambda row: row["rec_id"].endswith("-org"), rows(register)):
        found = number(row["soc_sec_id"].zfill(7))
        while found in taken:
            found = number(str((int(found[2:9]) + 1) % 10_000_000).zfill(7))
        taken.add(found)
        first, more = details(row)
        people[row["rec_id"].split("-")[1]] = {"nhs_number": found, **dated(first), **more}
    for row in filter(lambda row: "-dup-" in row["rec_id"], rows(queries)):
        request, more = details(row)
        request["address_line1"] = ", ".join(filter(None, [request["address_line1"], *more.values()]))
        if "--identifier" in options and row["soc_sec_id"].isdigit():
            request["nhs_number"] = number(row["soc_sec_id"].zfill(7))
        asked.append((row["rec_id"], row["rec_id"].split("-")[1], request))
    write(out, people, asked)


def dated(person):
    """A register holds dates of the calendar alone."""
    import datetime
    person = {"gender": "0", **person, **({} if person.get("gender") else {"gender": "0"})}
    text = person["date_of_birth"]
    try:
        datetime.date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        person = {**person, "date_of_birth": ""}
    return person


def historical(figures, out):
    import polars

    def details(row):
        words = re.findall(r"(?<!\w)[^\W\d_][\w'.-]*", (row["full_name"] or "").lower())
        words = [word for word in words if word not in TITLES]
        given, family = ("" if name in TITLES else name for name in (row["first_name"] or "", row["surname"] or ""))
        given = given or next((word for word in words if word != family), "")
        family = family or next((word for word in reversed(words) if word != given), "")
        further = [word for word in words if word not in (given, family) and len(word) > 1]
        return {
            "given_name": given, "family_name": family, "other_given_names": " ".join(dict.fromkeys(further)),
            "gender": {"male": "1", "female": "2"}.get(row["gender"], ""),
            "date_of_birth": (row["dob"] or "").replace("-", ""), "postcode": (row["postcode_fake"] or "").upper(),
            "address_line1": row["birth_place"] or "",
        }

    people, asked = {}, []
    for row in polars.read_parquet(figures).iter_rows(named=True):
        person, _, place = row["unique_id"].rpartition("-")
        request = details(row)
        if place == "1":
            found = number(str(len(people)).zfill(7))
            shaped = re.fullmatch(r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}", request["postcode"])
            people[person] = {"nhs_number": found, **dated(request), **({} if shaped else {"postcode": ""})}
        else:
            asked.append((row["unique_id"], person, request))
    write(out, people, asked)


{"febrl": febrl, "historical": historical}[sys.argv[1]](*sys.argv[2:])
