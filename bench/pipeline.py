#!/usr/bin/env python3
"""A council's file from land to release: wall time, processor time and peak memory of each step, each in a process of
its own. Prints a table of medians over the rounds. Needs the standard library alone.

  python3 bench/pipeline.py --fairway target/release/fairway [--people 65000] [--rounds 3]
"""
import argparse
import json
import os
import statistics
import subprocess
import tempfile

from measuring import machine, measure

AGREEMENT = """\
reference: DARS-NIC-000001-A1B2C-v1.0
title: A benchmark
recipient: {{organisation: QOP, name: A board}}
controllers: [{{organisation: QOP, name: A board}}]
purpose: To measure
legal_basis: A law
dataset: asc-cld
columns:
{columns}
period: {{from: 2024-01-01, to: 2025-12-31}}
areas: all
start: 2025-01-01
end: 2099-12-31
key_epoch: 1
signed: [{{organisation: QOP, by: An officer, date: 2025-01-01}}]
"""
COLUMNS = """LA_Code Der_NHS_LA_Combined_Person_ID Der_NHS_Number_Traced_Pseudo Der_Unique_Record_ID Der_Birth_Year
Der_Age_Band Gender Ethnicity Der_Postcode_yr2011_LSOA Client_Type Primary_Support_Reason Event_Type Event_Start_Date
Event_End_Date Event_Outcome Service_Type Service_Component Delivery_Mechanism Unit_Cost Cost_Frequency_Unit_Type""".split()


def figures(run):
    return run.wall, run.cpu, run.rss


def unlocked_keyholder(fairway, data, folder):
    """A keyholder beside the data directory, with two custodians who have unlocked it."""
    phrases = os.path.join(folder, "passphrases")
    os.mkdir(phrases)
    for name in "AB":
        with open(os.path.join(phrases, name), "w", encoding="utf-8") as out:
            out.write(f"the passphrase of {name}\n")
    given = ["--data", data, "--passphrases", phrases]
    measure([fairway, "keyholder", "init", "--threshold", "2", "--custodian", "A", "--custodian", "B",
             "--work-factor", "10", *given])
    serving = subprocess.Popen([fairway, "--quiet", "keyholder", "serve", "--data", data])
    measure([fairway, "keyholder", "unlock", *given])
    return serving


def one_round(fairway, people, folder):
    """Steps in order: name, wall, processor, memory."""
    made, data = os.path.join(folder, "made"), os.path.join(folder, "data")
    file = os.path.join(made, "submission.csv")
    synth = [fairway, "synth", "--people", str(people), "--la", "313", "--release", "r2", "--period-end", "2025-03-31",
             "--seed", "1", "--out", made]
    steps = [("synth", *figures(measure(synth))), ("check alone", *figures(measure([fairway, "check", file], (0, 11))))]
    keyholder = unlocked_keyholder(fairway, data, folder)
    measure([fairway, "init", "--data", data])
    steps.append(("register build", *figures(measure([fairway, "register", "build", "--in", made, "--data", data]))))
    steps.append(("land", *figures(measure([fairway, "land", file, "--org", "313", "--data", data]))))
    notes = {}
    while True:
        run = measure([fairway, "work", "--jobs", "1", "--json", "--data", data])
        if not run.text.strip():
            break
        job = json.loads(run.text)
        steps.append((job["step"], *figures(run)))
        notes[job["step"]] = job["note"]
    agreement = os.path.join(folder, "agreement.yaml")
    with open(agreement, "w", encoding="utf-8") as out:
        out.write(AGREEMENT.format(columns="\n".join(f"  - {column}" for column in COLUMNS)))
    steps.append(("release", *figures(measure([fairway, "release", "--agreement", agreement, "--data", data]))))
    query = "SELECT Event_Type, count(*) FROM asc_cld GROUP BY Event_Type"
    steps.append(("query", *figures(measure([fairway, "query", query, "--data", data]))))
    steps.append(("audit verify", *figures(measure([fairway, "audit", "verify", "--data", data]))))
    keyholder.terminate()
    keyholder.wait()
    return steps, notes, os.path.getsize(file)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fairway", required=True)
    parser.add_argument("--people", type=int, default=65_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    os.environ.setdefault("FAIRWAY_REFERENCE", os.path.join(os.path.dirname(__file__), "..", "reference"))
    rounds = []
    for _ in range(options.rounds):
        with tempfile.TemporaryDirectory() as folder:
            rounds.append(one_round(options.fairway, options.people, folder))
    steps, notes, size = rounds[0]
    print(f"{options.people} people, {size / 1e6:.0f} MB; medians of {options.rounds} rounds; {machine()}\n")
    print(f"{'step':<15} {'wall s':>8} {'cpu s':>8} {'peak MB':>8}")
    total = 0.0
    for at, (name, *_) in enumerate(steps):
        wall, cpu, rss = (statistics.median(r[0][at][column] for r in rounds) for column in (1, 2, 3))
        if name not in ("synth", "check alone", "register build", "query", "audit verify"):
            total += wall
        print(f"{name:<15} {wall:8.2f} {cpu:8.2f} {rss:8.0f}")
    print(f"\nland to release {total:.1f} s")
    for step, note in notes.items():
        print(f"  {step}: {note}")


if __name__ == "__main__":
    main()
