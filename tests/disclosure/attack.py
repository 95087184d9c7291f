"""Attacks published tables with somebody else's solver (HiGHS): how nearly can small numbers be worked out?

    attack.py TABLES            expects that none of 1,000 histories of tables lets a small number be narrowed
    attack.py TABLES --weak     expects that careless tables are caught

TABLES is the built example `tables` of fairway-deid. The attacker knows the texts of all tables, what the symbols mean, how
numbers are rounded, and which combinations of values occur; where nought is not shown, every combination may occur.
"""

import itertools
import json
import subprocess
import sys

import highspy
import numpy as np

HISTORIES = 1_000
NEAR = 1e-5
# Written down here again, so that a mistake in Fairway's own files is seen.
PROFILES = {"asc_default": {"small": (1, 7), "nearest": 5}, "tre": {"small": (0, 9), "nearest": 5}}
INFINITE = highspy.kHighsInf


def range_of(text, profile):
    """What a reader knows of a number by its text."""
    first, last = profile["small"]
    if text == "[c]":
        return first, last
    if text == "[w]":
        return 0, INFINITE
    near = [n for n in range(max(0, int(text) - 5), int(text) + 6) if rounds_to(n, profile["nearest"]) == int(text)]
    near = [n for n in near if not first <= n <= last]
    return min(near), max(near)


def rounds_to(number, nearest):
    return (2 * number + nearest) // (2 * nearest) * nearest


def is_in(tuples, key, table, place):
    """Whether somebody with these tuples is counted in a cell."""
    for values in tuples:
        taken = all(values[place[name]] in allowed for name, allowed in table["filter"].items())
        if taken and all(value is None or values[place[by]] == value for by, value in zip(table["by"], key)):
            return True
    return False


def everybody(history):
    """All that people can be: those who are there, and where nought is not shown all combinations that are possible."""
    people = [tuples for tuples, _ in history["units"]]
    if PROFILES[history["profile"]]["small"][0] == 0:
        there = {tuple(values) for tuples in people for values in tuples}
        regions = {(values[0], values[1]) for values in there}
        columns = [sorted({values[at] for values in there}) for at in range(len(history["dimensions"]))]
        people += [[values] for values in itertools.product(*columns) if (values[0], values[1]) in regions]
    return people


class Attack:
    """The tables of one history as a linear programme: how many there are of each kind of person."""

    def __init__(self, history):
        self.profile = PROFILES[history["profile"]]
        place = {name: at for at, name in enumerate(history["dimensions"])}
        self.cells = [(table, cell) for table in history["tables"] for cell in table["cells"]]
        people = everybody(history)
        members = {
            tuple(at for at, (table, cell) in enumerate(self.cells) if is_in(tuples, cell["key"], table, place))
            for tuples in people
        }
        self.kinds = sorted(kind for kind in members if kind)
        self.solver = highspy.Highs()
        self.solver.setOptionValue("output_flag", False)
        for _ in self.kinds:
            self.solver.addVar(0, INFINITE)
        for at, (_, cell) in enumerate(self.cells):
            kinds = [kind for kind, cells in enumerate(self.kinds) if at in cells]
            low, high = range_of(cell["text"], self.profile)
            self.solver.addRow(low, high, len(kinds), np.array(kinds, dtype=np.int32), np.ones(len(kinds)))

    def extreme(self, at, sense):
        """The least or greatest that a cell can be; nothing where there is no end."""
        for kind, cells in enumerate(self.kinds):
            self.solver.changeColCost(kind, 1.0 if at in cells else 0.0)
        self.solver.changeObjectiveSense(sense)
        self.solver.run()
        status = self.solver.getModelStatus()
        if status in (highspy.HighsModelStatus.kUnbounded, highspy.HighsModelStatus.kUnboundedOrInfeasible):
            return INFINITE
        assert status == highspy.HighsModelStatus.kOptimal, f"the tables contradict one another: {status}"
        return self.solver.getInfo().objective_function_value

    def narrowed(self):
        """Small numbers that cannot be everything they should still be able to be."""
        first, last = self.profile["small"]
        found = asked = 0
        for at, (_, cell) in enumerate(self.cells):
            if not first <= cell["truth"] <= last:
                continue
            assert cell["text"] in ("[c]", "[w]"), "a small number is shown"
            asked += 1
            low = self.extreme(at, highspy.ObjSense.kMinimize)
            high = self.extreme(at, highspy.ObjSense.kMaximize)
            found += low > first + NEAR or high < last - NEAR
        return asked, found


def main(program, *options):
    weak = "--weak" in options
    command = [program, str(HISTORIES), *(["weak"] if weak else [])]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    asked = found = tables = 0
    caught = []
    for line in lines:
        history = json.loads(line)
        tables += len(history["tables"])
        one, narrowed = Attack(history).narrowed()
        asked, found = asked + one, found + narrowed
        if narrowed:
            caught.append(history["case"])
    print(f"{len(lines)} histories of {tables} tables: {asked} small numbers attacked, {found} narrowed")
    assert len(lines) == HISTORIES and asked > HISTORIES, "too little was attacked"
    if weak:
        assert found > HISTORIES // 10, "careless tables were not caught"
    else:
        assert not found, f"small numbers can be narrowed in the histories {caught[:20]}"


main(*sys.argv[1:])
