#!/usr/bin/env python3
"""The check beside other people's programs on the same work, in one run: interleaved rounds, medians, recall against the
truth. Writes a report in Markdown; makes its data in a folder of its own and takes it away again.

  bench/checking.py --fairway BINARY --peers PYTHON --dve PYTHON [--parts peers,storm,release2,large,hostile]
                    [--rows 1000000] [--large 7000000] [--rounds 3] [--data DIR] [--out FILE]

Processor seconds are what counts: wall time depends on what else the machine does. Every program writes its findings to a
file; Fairway writes all its outputs.
"""
import argparse
import csv
import datetime
import os
import shutil
import sys
import tempfile
from pathlib import Path

from measuring import machine, measure, median, table

HERE = Path(__file__).resolve().parent
PEERS = HERE / "peers"
sys.path.insert(0, str(PEERS))
from score import score  # noqa: E402

CLD57 = HERE / "cld57"
# What `fairway check` ends with: clean, rejected, to confirm, stopped early.
VERDICTS = (0, 10, 11, 13)
# Peers that would take minutes on the whole file, and the rows they get instead.
PREFIXES = {"frictionless": 20_000, "dve": 100_000}
# Columns of client level data that name a person or an event in the council's own words.
OWN_IDENTIFIERS = {"LA Person Unique Identifier", "Event Reference", "Adult 1 Linked Person_ID", "Adult 2 Linked Person_ID",
                   "Adult 3 Linked Person_ID"}
# The eight faults of the hostile file: what, the rule that says so, its data record, its line.
HOSTILE = [
    ("byte order mark", "encoding-byte-order-mark", None, None),
    ("a cell too many", "record-ragged", 100, 101),
    ("a cell too few", "record-ragged", 200, 201),
    ("a Windows-1252 byte", "encoding-mixed", 300, 301),
    ("a NUL byte", "nul-byte", 400, 401),
    ("a quote within a cell", "quote-stray", 600, 602),
    ("a blank line", "line-blank", None, 702),
    ("a quote that is never closed", "quote-not-closed", 799, 802),
]


class Bench:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.report = []

    def say(self, text):
        print(text + "\n", flush=True)
        self.report.append(text + "\n")

    def fairway(self, file, *more, spec=CLD57):
        out = self.folder / "out"
        shutil.rmtree(out, ignore_errors=True)
        return [self.options.fairway, "check", "-q", file, "--spec", spec, "--out", out, *more]

    def peer(self, name, file, *more):
        python = self.options.dve if name == "dve" else self.options.peers
        return [python, PEERS / f"peer_{name}.py", file, self.folder / "found.csv", *more]

    def made(self, rows):
        """The file of so many rows with its truth, its storm and its hostile beginning."""
        names = [self.folder / f"{name}{rows}.csv" for name in ("cld", "truth", "storm", "hostile")]
        if not names[0].exists():
            file, truth, storm, hostile = names
            measure([sys.executable, PEERS / "gen_cld.py", file, truth, "--rows", str(rows), "--storm", storm,
                     "--hostile", hostile])
        return names

    def synth(self, events, defects):
        """A Release 2 submission of about so many events; some 3.13 are made up for each person."""
        out = self.folder / f"synth-{events}-{defects}"
        if not out.exists():
            measure([self.options.fairway, "synth", "-q", "--people", str(round(events / 3.13)), "--la", "313",
                     "--period-end", "2025-03-31", "--seed", "1", "--defects", str(defects), "--out", out])
        return out

    def larger(self, events):
        """So many events of more people than there are numbers to make up: the people of a million events once more and again,
        with identifiers of their own and without NHS numbers."""
        # Row by row: what this program holds at once would count as memory of those that it starts.
        out, made = self.folder / f"larger-{events}.csv", self.synth(1_000_000, 0) / "submission.csv"
        with open(out, "w", encoding="utf-8", newline="") as file:
            write = csv.writer(file)
            for copy in range(events // 1_000_000):
                with open(made, encoding="utf-8", newline="") as submission:
                    rows = csv.reader(submission)
                    header = next(rows)
                    own = [header.index(name) for name in header if name in OWN_IDENTIFIERS]
                    if not copy:
                        write.writerow(header)
                        write.writerows(rows)
                        continue
                    for row in rows:
                        row[header.index("NHS Number")] = ""
                        for at in own:
                            row[at] = row[at] and f"{row[at]}-{copy}"
                        write.writerow(row)
        return out

    def warm(self, file):
        with open(file, "rb") as bytes_:
            while bytes_.read(1 << 24):
                pass


def rates(runs, rows, size):
    cpu, wall = median(runs, "cpu"), median(runs, "wall")
    rss = max(run.rss for run in runs)
    return [f"{cpu:.2f}", f"{wall:.2f}", f"{rows / cpu / 1000:,.0f}", f"{size / cpu / 1e6:,.1f}", f"{rss:,.0f}"]


HEADINGS = ["program", "processor s", "wall s", "1,000 rows a processor s", "MB a processor s", "peak MB"]


def peers(bench):
    """57 rules, one row in a hundred with a defect."""
    rows = bench.options.rows
    file, truth, *_ = bench.made(rows)
    size = file.stat().st_size
    bench.warm(file)
    work = {
        "**fairway check, every output**": (bench.fairway(file), "out/findings.csv"),
        "fairway check, every output, one thread": (bench.fairway(file, "--threads", "1"), "out/findings.csv"),
        "polars": (bench.peer("polars", file), "found.csv"),
        "polars, streaming": (bench.peer("polars", file, "streaming"), "found.csv"),
        "pandera on polars": (bench.peer("pandera", file), "found.csv"),
        "duckdb": (bench.peer("duckdb", file), "found.csv"),
        "plain Python": (bench.peer("python", file), "found.csv"),
    }
    runs, scores = {name: [] for name in work}, {}
    for _ in range(bench.options.rounds):
        for name, (command, findings) in work.items():
            shutil.rmtree(bench.folder / "out", ignore_errors=True)
            runs[name].append(measure(command, VERDICTS))
            scores.setdefault(name, score(truth, bench.folder / findings))
    lines = [[name, *rates(runs[name], rows, size), *recall(scores[name])] for name in work]
    bench.say(f"## The same 57 rules, {rows:,} rows, {size / 1e6:.1f} MB\n\n"
              f"Medians of {bench.options.rounds} interleaved rounds; the largest peak memory.\n\n"
              + table(HEADINGS + ["found by row and column", "by row", "false rows"], lines))
    fairway = runs["**fairway check, every output**"]
    for what, figure in (("Processor time", "cpu"), ("Time", "wall")):
        bench.say(f"{what} of others over that of `fairway check` with every output: " + ", ".join(
            f"{name} {median(runs[name], figure) / median(fairway, figure):.2f}×" for name in work if "fairway" not in name) + ".")
    ours = median(fairway, "cpu")
    slow_peers(bench, size / rows / (ours / rows))


def slow_peers(bench, our_rate):
    lines = []
    for name, rows in PREFIXES.items():
        rows = min(rows, bench.options.rows)
        file, truth, *_ = bench.made(rows)
        run = measure(bench.peer(name, file.resolve()))
        size = file.stat().st_size
        rate = size / run.cpu
        lines.append([name, f"{rows:,}", *rates([run], rows, size), *recall(score(truth, bench.folder / "found.csv")),
                      f"{our_rate / rate:,.0f}×"])
    bench.say("Too slow for the whole file; one run on its first rows:\n\n" + table(
        [HEADINGS[0], "rows", *HEADINGS[1:], "found by row and column", "by row", "false rows",
         "fairway's rate over theirs"], lines))


def recall(told):
    return [f"{told['cells']:,} of {told['seeded']:,}", f"{told['rows']:,}", f"{told['false_rows']:,}"]


def storm(bench):
    """Three columns wrong in every row, beside the file that is nearly clean."""
    rows = bench.options.rows
    file, _, wrong, _ = bench.made(rows)
    size = wrong.stat().st_size
    programs = {
        "**fairway check, every output**": lambda path: bench.fairway(path),
        "polars": lambda path: bench.peer("polars", path),
        "duckdb": lambda path: bench.peer("duckdb", path),
    }
    runs = {(name, path): [] for name in programs for path in (file, wrong)}
    for path in (file, wrong):
        bench.warm(path)
    for _ in range(bench.options.rounds):
        for (name, path), taken in runs.items():
            taken.append(measure(programs[name](path), VERDICTS))
    measure(bench.fairway(wrong), VERDICTS)
    findings = count_lines(bench.folder / "out/findings.csv")
    lines = []
    for name in programs:
        over = (f"{median(runs[name, wrong], what) / median(runs[name, file], what):.2f}×" for what in ("cpu", "wall"))
        lines.append([name, *rates(runs[name, wrong], rows, size), *over])
    bench.say(f"## Three columns wrong in every row: {findings:,} findings of fairway\n\n"
              + table(HEADINGS + ["processor time over one row in a hundred", "time over it"], lines))


def count_lines(path):
    with open(path, "rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b"")) - 1


def release2(bench):
    """The whole specification of Release 2 on made-up events: clean, then with known defects."""
    rows = bench.options.rows
    lines = []
    for defects in (0, 0.01):
        made = bench.synth(rows, defects)
        file = made / "submission.csv"
        bench.warm(file)
        runs = [measure(bench.fairway(file, spec="asc-cld/r2"), VERDICTS) for _ in range(bench.options.rounds)]
        records, size = count_lines(file), file.stat().st_size
        found = severities(bench.folder / "out/findings.csv")
        lines.append([f"{'clean' if not defects else 'one record in a hundred spoiled'}, {size / 1e6:.0f} MB",
                      *rates(runs, records, size), f"{records:,}",
                      ", ".join(f"{count:,} {severity}" for severity, count in sorted(found.items())) or "none"])
    bench.say("## Release 2 of client level data, all rules\n\n"
              + table(["file", *HEADINGS[1:], "records", "findings"], lines))
    place_defects(bench, bench.synth(rows, 0.01))


def severities(path):
    with open(path, encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        count = {}
        for row in reader:
            count[row["severity"]] = count.get(row["severity"], 0) + 1
    return count


def place_defects(bench, made):
    """Of the defects that a rule is known for: how many have a finding of that rule in their record, and at their cell."""
    with open(bench.folder / "out/findings.csv", encoding="utf-8", newline="") as file:
        found = [(row["record"], row["rule"], row["column"]) for row in csv.DictReader(file)]
    at_record, at_cell = {(record, rule) for record, rule, _ in found}, set(found)
    with open(made / "defects.csv", encoding="utf-8", newline="") as file:
        defects = list(csv.DictReader(file))
    ruled = [(row["record"], row["rule"], row["column"], row["kind"]) for row in defects if row["rule"]]
    missed = sorted({kind for record, rule, _, kind in ruled if (record, rule) not in at_record})
    beside = sorted({kind for record, rule, column, kind in ruled if (record, rule, column) not in at_cell} - set(missed))
    bench.say(f"Spoiled cells: {len(defects):,}; a rule is known for {len(ruled):,}. Its finding stands in the record for "
              f"{sum((record, rule) in at_record for record, rule, _, _ in ruled):,}, at the very cell for "
              f"{sum((record, rule, column) in at_cell for record, rule, column, _ in ruled):,} a rule on several "
              f"cells speaks of one of them ({', '.join(beside)}). Missed kinds: {', '.join(missed) or 'none'}.")


def large(bench):
    """Ten times as many records in the same memory."""
    lines = []
    for events in (bench.options.rows, bench.options.large):
        file = bench.synth(events, 0) / "submission.csv" if events <= 1_000_000 else bench.larger(events)
        run = measure(bench.fairway(file, spec="asc-cld/r2"), VERDICTS)
        size = file.stat().st_size
        lines.append([f"{count_lines(file):,} records, {size / 1e6:,.0f} MB", *rates([run], count_lines(file), size)])
    bench.say("## Memory\n\n" + table(["file", *HEADINGS[1:]], lines))


def hostile(bench):
    """Eight faults of structure in one file."""
    *_, file = bench.made(min(bench.options.rows, 100_000))
    measure(bench.fairway(file), VERDICTS)
    with open(bench.folder / "out/findings.csv", encoding="utf-8", newline="") as findings:
        found = list(csv.DictReader(findings))
    lines = []
    for what, rule, record, line in HOSTILE:
        said = next((row for row in found if row["rule"] == rule and (record is None or row["record"] == str(record)) and (line is None or row["line"] == str(line))), None)
        lines.append([what, said["rule"] if said else "**not said**", said["record"] if said else "",
                      said["line"] if said else "", said["column"] if said else ""])
    told = measure([bench.options.peers, PEERS / "peer_hostile.py", file]).text
    bench.say("## A hostile file: eight faults of structure, one pass\n\n"
              + table(["fault", "rule", "record", "line", "column"], lines)
              + "\n\nWhat others say of the same file:\n\n```\n" + told.strip() + "\n```")


PARTS = {"peers": peers, "storm": storm, "release2": release2, "large": large, "hostile": hostile}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fairway", required=True)
    parser.add_argument("--peers", required=True)
    parser.add_argument("--dve", required=True)
    parser.add_argument("--parts", default=",".join(PARTS))
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--large", type=int, default=7_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--data", type=Path, help="where data is made and kept; else a folder that is taken away again")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    os.environ.setdefault("FAIRWAY_REFERENCE", str(HERE.parent / "reference"))
    parts = options.parts.split(",")
    unknown = set(parts) - set(PARTS)
    if unknown:
        parser.error(f"no part of this name: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    with tempfile.TemporaryDirectory() as temporary:
        bench = Bench(options, options.data or Path(temporary))
        bench.folder.mkdir(parents=True, exist_ok=True)
        bench.say(f"# The check, measured\n\n{datetime.date.today():%-d %B %Y}; {machine()}.")
        for part in parts:
            PARTS[part](bench)
        if options.out:
            options.out.parent.mkdir(parents=True, exist_ok=True)
            options.out.write_text("\n".join(bench.report), encoding="utf-8")


if __name__ == "__main__":
    main()
