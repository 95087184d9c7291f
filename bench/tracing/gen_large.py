#!/usr/bin/env python3
"""A register of many millions in little memory: parts by gen_people.py with seeds of their own, put together. Whoever has a
number that somebody of an earlier part has is left out, with the queries about them.

  gen_large.py --register 10000000 --queries 200000 --seed 5 --out DIR

As many parts are made at a time as there are processors; what comes out does not depend on it.
"""
import argparse
import concurrent.futures
import csv
import os
import shutil
import subprocess
import sys
import tempfile

PART = 1_000_000
HERE = os.path.dirname(os.path.abspath(__file__))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--register", type=int, default=10_000_000)
    parser.add_argument("--queries", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--out", required=True)
    options = parser.parse_args()
    os.makedirs(options.out, exist_ok=True)
    # One bit a number, by its nine digits.
    taken = bytearray(10**9 // 8)
    parts = max(1, options.register // PART)
    out = {name: open(os.path.join(options.out, name + ".csv"), "w", encoding="utf-8", newline="")
           for name in ("register", "history", "superseded", "queries", "truth")}
    def made(part):
        folder = tempfile.TemporaryDirectory(dir=options.out)
        subprocess.run([sys.executable, os.path.join(HERE, "gen_people.py"), "--register", str(options.register // parts),
                        "--queries", str(options.queries // parts), "--seed", str(options.seed * 1_000 + part),
                        "--out", folder.name], check=True, stdout=subprocess.DEVNULL)
        return folder

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as makers:
        for part, folder in enumerate(makers.map(made, range(parts))):
            with folder:
                put_together(folder.name, part, taken, out)
    for file in out.values():
        file.close()
    print(shutil.disk_usage(options.out).free // 10**9, "GB left on the disk")


def put_together(folder, part, taken, out):
    def rows(name):
        with open(os.path.join(folder, name + ".csv"), encoding="utf-8", newline="") as file:
            reader = csv.reader(file)
            header = next(reader)
            if part == 0:
                csv.writer(out[name]).writerow(header)
            yield from reader

    def is_new(number):
        byte, bit = divmod(int(number[:9]), 8)
        if taken[byte] >> bit & 1:
            return False
        taken[byte] |= 1 << bit
        return True

    people, left_out = csv.writer(out["register"]), set()
    for row in rows("register"):
        if is_new(row[0]):
            people.writerow(row)
        else:
            left_out.add(row[0])
    csv.writer(out["history"]).writerows(row for row in rows("history") if row[0] not in left_out)
    csv.writer(out["superseded"]).writerows(row for row in rows("superseded") if row[1] not in left_out and is_new(row[0]))
    queries, truth = csv.writer(out["queries"]), csv.writer(out["truth"])
    for asked, known in zip(rows("queries"), rows("truth")):
        if known[1] not in left_out:
            queries.writerow([f"P{part}{asked[0]}", *asked[1:]])
            truth.writerow([f"P{part}{known[0]}", *known[1:]])


main()
