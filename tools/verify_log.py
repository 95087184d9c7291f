#!/usr/bin/env python3
"""Verifies a log that Fairway has exported, with nothing of Fairway's: Python's standard library alone.

  python3 tools/verify_log.py log.tar --key 'fairway/1c2d3e4f+6a5b4c3d+AQ…'    or --key log.vkey
  python3 tools/verify_log.py log.tar --key log.vkey --witness witness.vkey --earlier last-year.tar

BUNDLE is the tar file of `fairway audit export`, or the folder `log` of a data directory. Told are: entries that are not in
their one canonical form, numbers with gaps, times that run backwards, leaves and tiles that do not give the signed hash, a
signature that is none, payloads that are not those committed to, outcomes without their intent, intents of which nothing
came, a log that an earlier checkpoint is not the beginning of, a witness that has not signed. Exit code 0: the log holds.
1: it does not. 2: it cannot be read.

Sources: RFC 6962 (tree), RFC 8032 (Ed25519), RFC 8785 (canonical form), c2sp.org/tlog-tiles, tlog-checkpoint, signed-note,
tlog-cosignature.
"""
import argparse
import base64
import binascii
import datetime
import hashlib
import json
import os
import re
import sys
import tarfile

# --- Ed25519, after RFC 8032 section 6; verifying alone, so that nothing secret is handled. ---------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def add(a, b):
    """Sum of two points in extended coordinates."""
    m, n = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    t, z = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = n - m, z - t, z + t, n + m
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiple(scalar, point):
    """scalar times point."""
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def same(a, b):
    """Whether two points are one."""
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def recover_x(y, sign):
    """The x of a point, or None."""
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if square == 0:
        return None if sign else 0
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P:
        return None
    return P - x if x & 1 != sign else x


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = recover_x(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def point_of(encoded):
    """A point from 32 bytes, or None."""
    if len(encoded) != 32:
        return None
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    x = recover_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


def signed(public, message, signature):
    """Whether an Ed25519 signature is that of the message under the key."""
    if len(public) != 32 or len(signature) != 64:
        return False
    a, r = point_of(public), point_of(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= ORDER:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    return same(multiple(s, BASE), add(r, multiple(h, a)))


# --- The tree of RFC 6962. ---------------------------------------------------------------------------------------------------


def leaf_hash(entry):
    """The hash of a leaf."""
    return hashlib.sha256(b"\0" + entry).digest()


def node_hash(left, right):
    """The hash of two subtrees."""
    return hashlib.sha256(b"\1" + left + right).digest()


def levels_of(leaves):
    """Hashes of whole subtrees, level by level from the leaves up."""
    levels = [leaves]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append([node_hash(below[at], below[at + 1]) for at in range(0, len(below) - 1, 2)])
    return levels


def root_of(levels, size):
    """The hash of the tree of the first `size` leaves."""
    root, begin = None, size
    for level in range(size.bit_length()):
        if size >> level & 1:
            begin -= 1 << level
            peak = levels[level][begin >> level]
            root = peak if root is None else node_hash(peak, root)
    return hashlib.sha256(b"").digest() if root is None else root


# --- Notes. ------------------------------------------------------------------------------------------------------------------


class Key:
    """A verifier's key: name+id+base64 of one byte for the kind and 32 for the key."""

    def __init__(self, text):
        name, number, encoded = text.strip().split("+", 2)
        raw = base64.b64decode(encoded, validate=True)
        self.name, self.kind, self.public = name, raw[0], raw[1:]
        self.id = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
        if self.id.hex() != number or len(self.public) != 32 or self.kind not in (1, 4):
            raise ValueError("not a key")

    def signed(self, text, signature):
        """Whether it signed the text of a note; for a witness, when (in seconds since 1970)."""
        if self.kind == 1:
            return signed(self.public, text, signature)
        time = int.from_bytes(signature[:8], "big")
        return signed(self.public, b"cosignature/v1\ntime %d\n" % time + text, signature[8:]) and time


class Checkpoint:
    """A signed note about the head of a log."""

    def __init__(self, note):
        text, _, lines = note.partition(b"\n\n")
        self.text = text + b"\n"
        origin, size, root = self.text.decode().split("\n")[:3]
        if not re.fullmatch("0|[1-9][0-9]*", size):
            raise ValueError("not a checkpoint")
        self.origin, self.size, self.root = origin, int(size), base64.b64decode(root, validate=True)
        self.signatures = []
        for line in lines.decode().splitlines():
            dash, name, encoded = line.split(" ")
            raw = base64.b64decode(encoded, validate=True)
            if dash != "\u2014" or len(raw) < 5:
                raise ValueError("not a note")
            self.signatures.append((name, raw[:4], raw[4:]))

    def signed_by(self, key):
        """Whether a key signed it; for a witness, when."""
        ours = [sig for name, number, sig in self.signatures if (name, number) == (key.name, key.id)]
        return next((said for said in (key.signed(self.text, sig) for sig in ours) if said), False)


# --- Entries. ----------------------------------------------------------------------------------------------------------------

MEMBERS = {
    "action": str, "actor": str, "agreement": str, "chained": str, "decision": str, "objects": list, "org": str,
    "payload_commitment": str, "phase": str, "prev_intent": int, "role": str, "seq": int, "time": str,
}
NEEDED = {"action", "actor", "objects", "payload_commitment", "phase", "seq", "time"}


def canonical(value):
    """RFC 8785, as far as entries need it: strings, whole numbers, lists; every member's name is ASCII."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def read_entry(raw):
    """The entry, or None where it is not one in its canonical form."""
    try:
        entry = json.loads(raw)
        whole = isinstance(entry, dict) and NEEDED <= entry.keys() <= MEMBERS.keys() and canonical(entry) == raw
        right = whole and all(type(value) is MEMBERS[name] for name, value in entry.items())
        return entry if right and entry["phase"] in ("event", "intent", "outcome") else None
    except ValueError:
        return None


def unbundled(bundle):
    """Entries, each behind its length in two bytes."""
    entries, at = [], 0
    while at < len(bundle):
        length = int.from_bytes(bundle[at:at + 2], "big")
        if at + 2 + length > len(bundle):
            raise ValueError("a bundle of entries breaks off")
        entries.append(bundle[at + 2:at + 2 + length])
        at += 2 + length
    return entries


class Files:
    """The files of a bundle, or of a log's folder."""

    def __init__(self, place):
        self.folder, self.held = place, None
        if not os.path.isdir(place):
            with tarfile.open(place) as tar:
                self.held = {one.name: tar.extractfile(one).read() for one in tar if one.isfile()}

    def get(self, path):
        """The bytes of a file, or None."""
        if self.held is not None:
            return self.held.get(path)
        try:
            with open(os.path.join(self.folder, path), "rb") as file:
                return file.read()
        except (FileNotFoundError, NotADirectoryError):
            return None


def tile_path(level, number, width):
    """Where a tile lies: c2sp.org/tlog-tiles. `level` may be the word `entries`."""
    text = f"{number % 1000:03}"
    while number >= 1000:
        number //= 1000
        text = f"x{number % 1000:03}/{text}"
    return f"tile/{level}/{text}" + ("" if width == 256 else f".p/{width}")


def tiles(size, level):
    """Number and width of each tile of a level."""
    count = size >> 8 * level
    for number in range((count + 255) // 256):
        yield number, min(256, count - number * 256)


# --- Verifying. --------------------------------------------------------------------------------------------------------------


def check_entries(raw, problems):
    """Form, numbers, times and intents of all entries; gives them."""
    entries, open_intents, before = [], {}, ""
    for seq, one in enumerate(raw, 1):
        entry = read_entry(one)
        entries.append(entry)
        if entry is None:
            problems.append(f"entry {seq}: it is not in the one form of an entry")
            continue
        if entry["seq"] != seq:
            problems.append(f"entry {seq}: it bears the number {entry['seq']}")
        before = max(before, entry["time"])
        closes = entry.get("prev_intent")
        if closes is not None and open_intents.pop(closes, None) is None:
            problems.append(f"entry {seq}: the intent {closes} that it closes is none, or was closed before")
        if entry["phase"] == "outcome" and closes is None:
            problems.append(f"entry {seq}: it is an outcome of nothing")
        if entry["phase"] == "intent":
            open_intents[seq] = entry
    return entries, open_intents, before


def check_tiles(files, size, levels, problems):
    """Hash tiles, which others read instead of the entries."""
    for level in range(0, 8):
        for number, width in tiles(size, level):
            due = b"".join(levels[8 * level][number * 256:number * 256 + width])
            path = tile_path(level, number, width)
            found = files.get(path)
            if found != due:
                problems.append(f"{path}: {'it is missing' if found is None else 'it does not hold the hashes of the entries'}")


def check_payloads(text, entries, problems):
    """Figures and reasons, where they were exported."""
    known = 0
    for line in text.splitlines():
        try:
            one = json.loads(line)
            entry = entries[one["seq"] - 1] if one["seq"] > 0 else None
            due = hashlib.sha256(bytes.fromhex(one["salt"]) + one["payload"].encode()).hexdigest()
            if entry is None or entry["payload_commitment"] != due:
                problems.append(f"entry {one['seq']}: its payload is not the one that it commits to")
            known += 1
        except (ValueError, KeyError, TypeError, IndexError):
            problems.append("a payload cannot be read")
    return known


def check_head(checkpoint, key, levels, count, problems):
    """The signed head against the entries."""
    if checkpoint.origin != key.name or checkpoint.signed_by(key) is False:
        problems.append("checkpoint: the log's key has not signed it")
    if checkpoint.size != count:
        problems.append(f"checkpoint: it is of {checkpoint.size} entries, there are {count}")
    elif checkpoint.root != root_of(levels, count):
        problems.append("checkpoint: its hash is not that of these entries")


def check_against(what, other, key, levels, count, problems):
    """An earlier or co-signed checkpoint against the entries."""
    if other.origin != key.name or other.signed_by(key) is False:
        problems.append(f"{what}: the log's key has not signed it")
    elif other.size > count:
        problems.append(f"{what}: it is of {other.size} entries, of which {other.size - count} are missing")
    elif root_of(levels, other.size) != other.root:
        problems.append(f"{what}: the first {other.size} entries are not those that it signed")


def read_entries(files, size, problems):
    """The entries as bytes, as many as there are."""
    raw = []
    for number, width in tiles(size, 0):
        path = tile_path("entries", number, width)
        bundle = files.get(path)
        try:
            found = unbundled(bundle) if bundle is not None else []
        except ValueError as error:
            problems.append(f"{path}: {error}")
            found = []
        if bundle is None:
            problems.append(f"{path}: it is missing, and so may be those after it")
            return raw
        if len(found) != width:
            problems.append(f"{path}: it holds {len(found)} entries, not {width}")
        raw.extend(found)
    return raw


def verify(place, key_text=None, witnesses=(), earlier=()):
    """Everything wrong with a log, and what is to be known of one that holds."""
    files, problems, notes = Files(place), [], []
    note, own_key = files.get("checkpoint"), files.get("log.vkey")
    if note is None or (key_text is None and own_key is None):
        raise ValueError("there is no log: no checkpoint, or no key")
    key = Key(key_text if key_text is not None else own_key.decode())
    if key_text is None:
        notes.append("the key is the bundle's own: whoever made the bundle chose it; compare it with one from elsewhere")
    checkpoint = Checkpoint(note)
    raw = read_entries(files, checkpoint.size, problems)
    levels = levels_of([leaf_hash(one) for one in raw])
    levels += [[]] * (64 - len(levels))
    check_head(checkpoint, key, levels, len(raw), problems)
    if len(raw) == checkpoint.size:
        check_tiles(files, checkpoint.size, levels, problems)
    entries, open_intents, last = check_entries(raw, problems)
    for seq, entry in open_intents.items():
        if hours_between(entry["time"], last) >= 1:
            notes.append(f"entry {seq}: {entry['action']} of {', '.join(entry['objects'])}: nothing came of it for an hour or more")
    payloads = files.get("payloads.jsonl")
    if payloads is not None:
        known = check_payloads(payloads.decode(errors="replace"), entries, problems)
        notes.append(f"{known} payloads are there, {len(entries) - known} are forgotten")
    check_witnesses(files, key, witnesses, (levels, len(raw)), problems, notes)
    for other in earlier:
        with_files = Files(other) if os.path.isdir(other) or tarfile.is_tarfile(other) else None
        text = with_files.get("checkpoint") if with_files else open(other, "rb").read()
        check_against(other, Checkpoint(text), key, levels, len(raw), problems)
    return problems, notes, checkpoint


def check_witnesses(files, key, wanted, log, problems, notes):
    """What witnesses have signed; each that was asked for must have."""
    levels, count = log
    found = {}
    for number in range(1, 100):
        vkey, note = files.get(f"witness/{number}.vkey"), files.get(f"witness/{number}.checkpoint")
        if vkey is None:
            break
        if note is not None:
            found[vkey.decode().strip()] = Checkpoint(note)
    for text in wanted:
        if Key(text).kind != 4 or text.strip() not in found:
            problems.append(f"witness {Key(text).name}: it has signed nothing that is here")
    for text, seen in found.items():
        witness = Key(text)
        when = seen.signed_by(witness)
        if when is False:
            problems.append(f"witness {witness.name}: it has not signed what is said to be its checkpoint")
            continue
        check_against(f"witness {witness.name}", seen, key, levels, count, problems)
        at = datetime.datetime.fromtimestamp(when, datetime.timezone.utc).isoformat()
        notes.append(f"{witness.name} co-signed {seen.size} entries at {at}")
    if not found:
        notes.append("NO WITNESS has signed this log: only its own key vouches for it")


def hours_between(first, last):
    """Whole hours from one time to another; 0 where one cannot be read."""
    try:
        parse = datetime.datetime.fromisoformat
        return (parse(last.replace("Z", "+00:00")) - parse(first.replace("Z", "+00:00"))).total_seconds() // 3600
    except ValueError:
        return 0


def text_or_file(value):
    """A key as text, or the file that holds it."""
    if os.path.isfile(value):
        with open(value, encoding="utf-8") as file:
            return file.read()
    return value


def main():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle", help="the tar file, or the folder of the log")
    parser.add_argument("--key", help="the log's key, as text or file, from elsewhere than the bundle")
    parser.add_argument("--witness", action="append", default=[], help="the key of a witness that must have signed")
    parser.add_argument("--earlier", action="append", default=[], help="a checkpoint or bundle from before")
    args = parser.parse_args()
    try:
        key = None if args.key is None else text_or_file(args.key)
        problems, notes, checkpoint = verify(args.bundle, key, [text_or_file(one) for one in args.witness], args.earlier)
    except (ValueError, OSError, tarfile.TarError, binascii.Error) as error:
        print(f"the log cannot be read: {error}", file=sys.stderr)
        return 2
    for line in notes:
        print(f"note: {line}")
    for line in problems:
        print(f"PROBLEM: {line}")
    size, root = checkpoint.size, base64.b64encode(checkpoint.root).decode()
    print(f"{checkpoint.origin}: {size} entries, {root}: {'does not hold' if problems else 'holds'}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
