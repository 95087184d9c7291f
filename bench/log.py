#!/usr/bin/env python3
"""The log: appends a second, each on disk before the next; signing; verifying, here and by the independent verifier. Prints a
table of medians. Needs the standard library alone.

  python3 bench/log.py --append target/release/examples/append [--folder ON-A-DISK] [--rounds 3]
"""
import argparse
import json
import os
import statistics
import sys
import tempfile

from measuring import machine, measure

TOOL = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools", "verify_log.py")


def one_round(append, folder, entries, batch):
    """Seconds of appending, signing, verifying, and of the independent verifier."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        data = os.path.join(place, "data")
        told = json.loads(measure([append, data, str(entries), str(batch)]).text)
        log = os.path.join(data, "log")
        elsewhere = measure([sys.executable, TOOL, log, "--key", os.path.join(log, "log.vkey")]).wall
        return told["append"], told["sign"], told["verify"], elsewhere


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--append", required=True)
    parser.add_argument("--folder", default=None, help="where the disk is that is to be measured")
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    print(machine())
    print("\n| entries | a transaction | appends a second | signed in s | verified a second | by verify_log.py a second |")
    print("|---|---|---|---|---|---|")
    for entries, batch in ((2_000, 1), (100_000, 100)):
        rounds = [one_round(args.append, args.folder, entries, batch) for _ in range(args.rounds)]
        append, sign, verify, elsewhere = (statistics.median(times) for times in zip(*rounds))
        print(f"| {entries:,} | {batch} | {entries / append:,.0f} | {sign:.2f} | {entries / verify:,.0f} | {entries / elsewhere:,.0f} |")


if __name__ == "__main__":
    main()
