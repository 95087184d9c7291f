#!/usr/bin/env python3
"""Fairway and frictionless give the same verdict on frictionless' own data files.

  agree.py VERDICT [--list]      VERDICT: the program built from crates/fairway-check/examples/verdict.rs

Three groups of cases, from tests/corpora/frictionless:
  data/       every resource of every package or resource that frictionless' tests have, with its CSV file
  described/  every CSV file against the schema that frictionless infers for it
  asked/      the same with every field required and the first one unique
A case where the two differ is listed with its reason in differences.csv; one that is not listed, or is listed and does not
differ any more, fails. --list writes what differs as lines for that file."""
import csv, glob, json, os, subprocess, sys, tempfile, warnings

warnings.simplefilter("ignore")
import yaml
from frictionless import FrictionlessException, Package, Resource, system

HERE = os.path.dirname(os.path.abspath(__file__))
CORPUS = os.path.join(HERE, "..", "corpora", "frictionless")


def load(path):
    with open(path, encoding="utf-8") as file:
        return yaml.safe_load(file) if path.endswith(".yaml") else json.load(file)


def descriptors():
    for path in sorted(glob.glob("data/**/*.json", recursive=True) + glob.glob("data/**/*.yaml", recursive=True)):
        descriptor = load(path)
        resources = descriptor.get("resources") if isinstance(descriptor, dict) else None
        alone = isinstance(descriptor, dict) and not isinstance(resources, list)
        for resource in [descriptor] if alone else resources or []:
            file = resource.get("path") if isinstance(resource, dict) else None
            if not isinstance(file, str) or not resource.get("schema") or not file.endswith(".csv"):
                continue
            file = os.path.normpath(os.path.join(os.path.dirname(path), file))
            if os.path.exists(file):
                name = resource.get("name")
                yield (path if alone else f"{path}#{name}"), file, (path, None if alone else name)


def described():
    for path in sorted(glob.glob("described/*.json")):
        yield path, os.path.normpath(os.path.join("described", load(path)["path"])), (path, None)


def asked(folder):
    for path in sorted(glob.glob("described/*.json")):
        descriptor = load(path)
        file = os.path.normpath(os.path.join("described", descriptor["path"]))
        for field in descriptor["schema"]["fields"]:
            field.setdefault("constraints", {})["required"] = True
        descriptor["schema"]["fields"][0]["constraints"]["unique"] = True
        descriptor["path"] = os.path.abspath(file)
        own = os.path.join(folder, os.path.basename(path))
        with open(own, "w", encoding="utf-8") as out:
            json.dump(descriptor, out)
        yield "asked/" + os.path.basename(path), file, (own, None)


def frictionless_says(path, name):
    """valid, invalid, refused where the description itself is, or None where it breaks down."""
    try:
        with system.use_context(trusted=True):
            resource = Package(path).get_resource(name) if name else Resource(path)
            report = resource.validate()
    except FrictionlessException:
        return "refused", ""
    except TypeError:
        return None, "it cannot look for a list among values that are unique"
    errors = sorted({error.type for task in report.tasks for error in task.errors} | {e.type for e in report.errors})
    if any(kind.endswith(("schema-error", "field-error", "resource-error", "dialect-error")) for kind in errors):
        return "refused", " ".join(errors)
    return ("valid" if report.valid else "invalid"), " ".join(errors)


def fairway_says(program, pairs):
    lines = "".join(f"{spec}\t{file}\n" for spec, file in pairs)
    done = subprocess.run([program], input=lines, capture_output=True, text=True, check=True)
    for line in done.stdout.splitlines():
        said = json.loads(line)
        verdict = {None: "refused", True: "valid", False: "invalid"}[said["valid"]]
        yield verdict, said.get("problem") or " ".join(said["rules"])


def main():
    program = os.path.abspath(sys.argv[1])
    os.chdir(CORPUS)
    with tempfile.TemporaryDirectory() as folder:
        cases = [*descriptors(), *described(), *asked(folder)]
        pairs = [(path + (f"#{name}" if name else ""), file) for _, file, (path, name) in cases]
        ours = list(fairway_says(program, pairs))
        theirs = [frictionless_says(path, name) for _, _, (path, name) in cases]
    found, crashed = {}, 0
    for (label, file, _), (mine, why), (other, errors) in zip(cases, ours, theirs, strict=True):
        if other is None:
            crashed += 1
        elif mine != other:
            found[label, file] = (other, mine, errors, why)
    with open(os.path.join(HERE, "differences.csv"), encoding="utf-8", newline="") as file:
        listed = {(row["specification"], row["file"]): row for row in csv.DictReader(file)}
    if "--list" in sys.argv:
        out = csv.writer(sys.stdout)
        out.writerows([*case, other, mine, f"{errors} / {why}"] for case, (other, mine, errors, why) in found.items())
        return
    problems = [f"not listed: {case}: frictionless {said[0]} ({said[2]}), Fairway {said[1]} ({said[3]})"
                for case, said in found.items()
                if case not in listed or (listed[case]["frictionless"], listed[case]["fairway"]) != said[:2]]
    problems += [f"listed, and does not differ: {case}" for case in listed if case not in found]
    problems += [f"listed without a reason: {case}" for case, row in listed.items() if not row["reason"]]
    alike = len(cases) - len(found) - crashed
    print(f"{len(cases)} cases: {alike} alike, {len(found)} differ, {crashed} that frictionless does not survive")
    if problems:
        sys.exit("\n".join(problems))


if __name__ == "__main__":
    main()
