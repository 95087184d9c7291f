"""Running a program and measuring it: wall time, processor time of its whole tree, peak memory of its largest process."""
import dataclasses
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time


@dataclasses.dataclass
class Run:
    wall: float
    cpu: float
    rss: float
    text: str
    code: int


def measure(command, codes=(0,), stderr=subprocess.DEVNULL):
    """Runs a command to its end: seconds, seconds, MB, standard output. Any other exit code ends the benchmark."""
    with tempfile.TemporaryFile() as out:
        begun = time.monotonic()
        child = subprocess.Popen(command, stdout=out, stderr=stderr)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.monotonic() - begun
        out.seek(0)
        text = out.read().decode(errors="replace")
    code = os.waitstatus_to_exitcode(status)
    child.returncode = code
    if code not in codes:
        sys.exit(f"{' '.join(map(str, command[:4]))} ended with {code}:\n{text}")
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, text, code)


def median(runs, of):
    return statistics.median(getattr(run, of) for run in runs)


def machine():
    """What the figures were taken on, in a few words."""
    model, memory = platform.processor() or "unknown processor", ""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            model = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
        with open("/proc/meminfo", encoding="utf-8") as lines:
            memory = f", {int(next(lines).split()[1]) / 1e6:.0f} GB"
    except (OSError, StopIteration):
        pass
    return f"{os.cpu_count()} cores of {model}{memory}; load average at the start {os.getloadavg()[0]:.1f}"


def table(headings, rows):
    """Markdown; the first column reads to the left, figures to the right."""
    lines = ["| " + " | ".join(headings) + " |", "|---|" + "---:|" * (len(headings) - 1)]
    return "\n".join(lines + ["| " + " | ".join(map(str, row)) + " |" for row in rows])
