#!/usr/bin/env python3
"""The safe haven beside DuckDB: a submission of a million events into vault, events and de-identified rows, with every
derivation and pseudonym. Fairway's jobs load and de-identify, each in a process of its own, with what the keyholder spent on
them; DuckDB in one process writing the same columns (peers/peer_haven.py). In turns; medians. Then the same with so many
times the events. Prints Markdown.

  python3 bench/haven.py --fairway target/release/fairway --peers PYTHON [--rows 1000000] [--times 10] [--rounds 3] [--out FILE]
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

from measuring import Run, machine, measure, table

HERE = os.path.dirname(os.path.abspath(__file__))
# Events that `fairway synth` makes for each person.
EVENTS_EACH = 3.13


class Centre:
    """A processing centre with an unlocked keyholder beside it."""

    def __init__(self, fairway, folder):
        self.fairway, self.data = fairway, os.path.join(folder, "data")
        phrases = os.path.join(folder, "passphrases")
        os.mkdir(phrases)
        for name in "AB":
            with open(os.path.join(phrases, name), "w", encoding="utf-8") as out:
                out.write(f"the passphrase of {name}\n")
        given = ["--passphrases", phrases]
        self.run("keyholder", "init", "--threshold", "2", "--custodian", "A", "--custodian", "B", "--work-factor", "10", *given)
        self.serving = subprocess.Popen([fairway, "--quiet", "keyholder", "serve", "--data", self.data])
        self.run("keyholder", "unlock", *given)
        self.run("init")

    def run(self, *words):
        return measure([self.fairway, *words, "--data", self.data])

    def keyholder_seconds(self):
        with open(f"/proc/{self.serving.pid}/stat", encoding="utf-8") as stat:
            spent = stat.read().rsplit(")", 1)[1].split()
        return (int(spent[11]) + int(spent[12])) / os.sysconf("SC_CLK_TCK")

    def jobs(self, made):
        """Every job of a submission by its name, with its run; the keyholder's seconds are added to each."""
        self.run("register", "build", "--in", made)
        landed = self.run("land", os.path.join(made, "submission.csv"), "--org", "313", "--json")
        submission, done = json.loads(landed.text)["submission"], {}
        while True:
            before = self.keyholder_seconds()
            run = self.run("work", "--jobs", "1", "--json")
            if not run.text.strip():
                return done
            run.cpu += self.keyholder_seconds() - before
            job = json.loads(run.text)
            if job.get("fault"):
                sys.exit(f"{job['step']} failed: {job['fault']}")
            done[job["step"]] = run
            if job["step"] == "check" and "to confirm" in job["note"]:
                self.run("accept", submission)

    def end(self):
        self.serving.terminate()
        self.serving.wait()


def together(runs):
    return Run(sum(run.wall for run in runs), sum(run.cpu for run in runs), max(run.rss for run in runs), "", 0)


def fairway(options, made):
    with tempfile.TemporaryDirectory() as folder:
        centre = Centre(options.fairway, folder)
        try:
            done = centre.jobs(made)
        finally:
            centre.end()
    return {"load": done["load"], "de-identify": done["deidentify"], "together": together([done["load"], done["deidentify"]])}


def duckdb(options, made):
    with tempfile.TemporaryDirectory() as folder:
        peer = os.path.join(HERE, "peers", "peer_haven.py")
        reference = os.environ["FAIRWAY_REFERENCE"]
        return measure([options.peers, peer, os.path.join(made, "submission.csv"), os.path.join(folder, "out"), reference])


def make(options, rows, folder):
    made = os.path.join(folder, f"made-{rows}")
    measure([options.fairway, "synth", "--people", str(round(rows / EVENTS_EACH)), "--la", "313", "--release", "r2",
             "--period-end", "2025-03-31", "--seed", "1", "--out", made])
    with open(os.path.join(made, "submission.csv"), "rb") as file:
        return made, sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b"")) - 1


def medians(runs):
    of = lambda name: statistics.median(getattr(run, name) for run in runs)
    return Run(of("wall"), of("cpu"), of("rss"), "", 0)


def line(name, run, against=None):
    times = lambda one, other: f"{one / other:.2f}×" if against else ""
    beside = [times(run.wall, against.wall), times(run.cpu, against.cpu), times(run.rss, against.rss)] if against else [""] * 3
    return [name, f"{run.wall:.1f}", f"{run.cpu:.1f}", f"{run.rss:.0f}", *beside]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fairway", required=True)
    parser.add_argument("--peers", required=True)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out")
    options = parser.parse_args()
    os.environ.setdefault("FAIRWAY_REFERENCE", os.path.join(HERE, "..", "reference"))
    head = f"# The safe haven beside DuckDB\n\n{machine()}.\n"
    with tempfile.TemporaryDirectory() as folder:
        made, rows = make(options, options.rows, folder)
        ours, theirs = [], []
        for _ in range(options.rounds):
            ours.append(fairway(options, made))
            theirs.append(duckdb(options, made))
        peer = medians(theirs)
        own = {name: medians([run[name] for run in ours]) for name in ours[0]}
        lines = [line("DuckDB", peer), *(line(f"Fairway: {name}", run) for name, run in own.items() if name != "together")]
        lines.append(line("Fairway: together", own["together"], peer))
        headings = ["", "wall s", "processor s", "peak MB", "wall", "processor", "memory"]
        text = [head, f"{rows:,} events; medians of {options.rounds} rounds, in turns.\n", table(headings, lines), ""]
        if options.times > 1:
            made, many = make(options, options.rows * options.times, folder)
            large = fairway(options, made)
            lines = [line(f"Fairway: {name}", run, own[name]) for name, run in large.items()]
            text += [f"\n{many:,} events, once, beside the above.\n", table(headings, lines), ""]
    text = "\n".join(text)
    print(text)
    if options.out:
        with open(options.out, "w", encoding="utf-8") as out:
            out.write(text)


main()
