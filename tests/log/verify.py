#!/usr/bin/env python3
"""The independent verifier against RFC 8032, and against every single edit, deletion, swap, insertion and truncation of a log
of 10,000 entries that Fairway has written.

  python3 tests/log/verify.py target/debug/examples/append

The strongest forger is played: entries in their canonical form, every tile made to fit, the count kept right. What the
verifier holds against the signature is then the hash of the mutant's tree; it is computed for every mutant, from the whole
subtrees that the mutant shares with the log (and, for a deletion, with the log without its first entry), not guessed. Of
each kind, some are computed from all entries and told to the whole program through files as well.
"""
import importlib.util
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
SPEC = importlib.util.spec_from_file_location("verify_log", os.path.join(HERE, "..", "..", "tools", "verify_log.py"))
V = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(V)

ENTRIES = 10_000
SAMPLES = 4

# RFC 8032, section 7.1: public key, message, signature.
VECTORS = [
    ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
    ("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
    ("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
]


def root(size, node):
    """The hash of a tree whose whole subtrees `node(level, index)` gives."""
    result, begin = None, size
    for level in range(size.bit_length()):
        if size >> level & 1:
            begin -= 1 << level
            peak = node(level, begin >> level)
            result = peak if result is None else V.node_hash(peak, result)
    return result


def spliced(before, after, cut, size, middle=None):
    """The tree whose first `cut` leaves are those of `before`; then `middle`, where there is one; then those of `after`."""
    def node(level, index):
        first, last = index << level, index + 1 << level
        if last <= cut:
            return before[level][index]
        if first >= cut + (middle is not None):
            return after[level][index]
        if level == 0:
            return middle
        return V.node_hash(node(level - 1, 2 * index), node(level - 1, 2 * index + 1))

    return root(size, node)


def changed(levels, leaves, size):
    """The tree with some leaves replaced."""
    def node(level, index):
        if not any(index << level <= at < index + 1 << level for at in leaves):
            return levels[level][index]
        if level == 0:
            return leaves[index]
        return V.node_hash(node(level - 1, 2 * index), node(level - 1, 2 * index + 1))

    return root(size, node)


class Ed25519(unittest.TestCase):
    def test_vectors_of_the_rfc_are_verified_and_no_bit_of_them_may_change(self):
        for public, message, signature in VECTORS:
            parts = [bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)]
            self.assertTrue(V.signed(*parts))
            for which, part in enumerate(parts):
                for at in range(0, len(part), 7):
                    forged = list(parts)
                    forged[which] = part[:at] + bytes([part[at] ^ 1 << at % 8]) + part[at + 1:]
                    self.assertFalse(V.signed(*forged), (which, at))

    def test_a_signature_with_the_order_added_is_another_and_is_none(self):
        public, message, signature = (bytes.fromhex(part) for part in VECTORS[0])
        s = int.from_bytes(signature[32:], "little") + V.ORDER
        self.assertFalse(V.signed(public, message, signature[:32] + s.to_bytes(32, "little")))


class Log(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp()
        data = os.path.join(cls.folder, "data")
        subprocess.run([APPEND, data, str(ENTRIES), "100"], check=True, stdout=subprocess.DEVNULL)
        cls.log = os.path.join(data, "log")
        with open(os.path.join(cls.log, "log.vkey"), encoding="utf-8") as file:
            cls.key = file.read()
        files = V.Files(cls.log)
        cls.checkpoint = V.Checkpoint(files.get("checkpoint"))
        problems = []
        cls.raw = V.read_entries(files, cls.checkpoint.size, problems)
        assert not problems and len(cls.raw) == ENTRIES
        cls.leaves = [V.leaf_hash(one) for one in cls.raw]
        cls.levels = V.levels_of(cls.leaves)
        cls.filler = V.canonical({**json.loads(cls.raw[-1]), "actor": "filler"})
        cls.chance = random.Random(1)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def verify(self, folder=None, **more):
        return V.verify(folder or self.log, self.key, **more)[0]

    def forged(self, entries):
        """A folder with these entries, every tile made to fit."""
        folder = tempfile.mkdtemp(dir=self.folder)
        for name in ("checkpoint", "log.vkey"):
            shutil.copy(os.path.join(self.log, name), folder)
        levels = V.levels_of([V.leaf_hash(one) for one in entries])
        files = {}
        for level in range(0, len(levels), 8):
            for number, width in V.tiles(len(entries), level // 8):
                files[V.tile_path(level // 8, number, width)] = b"".join(levels[level][number * 256:number * 256 + width])
        for number, width in V.tiles(len(entries), 0):
            bundle = entries[number * 256:number * 256 + width]
            files[V.tile_path("entries", number, width)] = b"".join(len(one).to_bytes(2, "big") + one for one in bundle)
        for path, content in files.items():
            os.makedirs(os.path.dirname(os.path.join(folder, path)), exist_ok=True)
            with open(os.path.join(folder, path), "wb") as file:
                file.write(content)
        return folder

    def sampled(self, kind, mutant):
        """Some positions of a kind, through files and the whole program, and their hash from all entries."""
        for at in [0, ENTRIES - 1] + self.chance.sample(range(1, ENTRIES - 1), SAMPLES):
            entries, computed = mutant(at)
            self.assertEqual(V.root_of(V.levels_of([V.leaf_hash(one) for one in entries]), len(entries)), computed)
            folder = self.forged(entries)
            self.assertTrue(self.verify(folder), f"{kind} at {at} was not found")
            shutil.rmtree(folder)

    def test_the_log_as_it_was_written_holds(self):
        problems, notes, _ = V.verify(self.log, self.key)
        self.assertEqual(problems, [])
        self.assertIn("NO WITNESS has signed this log: only its own key vouches for it", notes)
        folder = self.forged(self.raw)
        self.assertEqual(self.verify(folder), [], "the forger's own tiles are right where the entries are")

    def test_every_edit_is_found(self):
        def edit(at):
            entry = json.loads(self.raw[at])
            return V.canonical({**entry, "actor": entry["actor"] + "x"})

        def mutant(at):
            entries = self.raw[:at] + [edit(at)] + self.raw[at + 1:]
            return entries, changed(self.levels, {at: V.leaf_hash(edit(at))}, ENTRIES)

        for at in range(ENTRIES):
            edited = changed(self.levels, {at: V.leaf_hash(edit(at))}, ENTRIES)
            self.assertNotEqual(edited, self.checkpoint.root, at)
        self.sampled("an edit", mutant)

    def test_every_bit_flipped_in_some_entries_is_found(self):
        for at in self.chance.sample(range(ENTRIES), 3):
            one = self.raw[at]
            for bit in range(8 * len(one)):
                flipped = one[:bit // 8] + bytes([one[bit // 8] ^ 1 << bit % 8]) + one[bit // 8 + 1:]
                self.assertNotEqual(changed(self.levels, {at: V.leaf_hash(flipped)}, ENTRIES), self.checkpoint.root)

    def test_every_deletion_is_found_even_where_the_count_is_made_right(self):
        shorter = V.levels_of(self.leaves[1:])
        padded = V.levels_of(self.leaves[1:] + [V.leaf_hash(self.filler)])
        for at in range(ENTRIES):
            self.assertNotEqual(spliced(self.levels, padded, at, ENTRIES), self.checkpoint.root, at)
            self.assertNotEqual(spliced(self.levels, shorter, at, ENTRIES - 1), self.checkpoint.root, at)

        def without(at):
            return self.raw[:at] + self.raw[at + 1:], spliced(self.levels, shorter, at, ENTRIES - 1)

        def replaced(at):
            return self.raw[:at] + self.raw[at + 1:] + [self.filler], spliced(self.levels, padded, at, ENTRIES)

        self.sampled("a deletion", without)
        self.sampled("a deletion made up for", replaced)

    def test_every_insertion_is_found(self):
        filler = V.leaf_hash(self.filler)
        later = V.levels_of([filler] + self.leaves)

        def with_one(at):
            return spliced(self.levels, later, at, ENTRIES + 1, filler)

        for at in range(ENTRIES):
            self.assertNotEqual(with_one(at), self.checkpoint.root, at)
        self.sampled("an insertion", lambda at: (self.raw[:at] + [self.filler] + self.raw[at:], with_one(at)))

    def test_every_swap_is_found(self):
        def swapped(at):
            return changed(self.levels, {at: self.leaves[at + 1], at + 1: self.leaves[at]}, ENTRIES)

        for at in range(ENTRIES - 1):
            self.assertNotEqual(swapped(at), self.checkpoint.root, at)

        def mutant(at):
            at = min(at, ENTRIES - 2)
            return self.raw[:at] + [self.raw[at + 1], self.raw[at]] + self.raw[at + 2:], swapped(at)

        self.sampled("a swap", mutant)

    def test_every_truncation_is_found(self):
        for size in range(ENTRIES):
            self.assertNotEqual(V.root_of(self.levels, size), self.checkpoint.root, size)
        self.sampled("a truncation", lambda at: (self.raw[:at], V.root_of(self.levels, at)))

    def test_many_random_edits_at_once_are_found(self):
        for _ in range(2_000):
            edits = {at: self.chance.randbytes(32) for at in self.chance.sample(range(ENTRIES), self.chance.randint(2, 9))}
            self.assertNotEqual(changed(self.levels, edits, ENTRIES), self.checkpoint.root)

    def test_a_tile_or_a_file_that_does_not_fit_is_found(self):
        for path in ("tile/0/000", "tile/0/039.p/16", "tile/1/000.p/39", "tile/entries/020", "checkpoint"):
            folder = tempfile.mkdtemp(dir=self.folder)
            shutil.copytree(self.log, folder, dirs_exist_ok=True)
            file = os.path.join(folder, path)
            with open(file, "rb") as given:
                content = given.read()
            with open(file, "wb") as out:
                out.write(content[:50] + bytes([content[50] ^ 4]) + content[51:])
            self.assertTrue(self.fails(folder), f"{path} edited")
            os.remove(file)
            self.assertTrue(self.fails(folder), f"{path} taken away")
            shutil.rmtree(folder)

    def fails(self, folder):
        try:
            return self.verify(folder)
        except ValueError:
            return True

    def test_a_stranger_s_key_and_an_earlier_log_of_another_are_found(self):
        stranger = "fairway/stranger+00000000+" + self.key.split("+", 2)[2]
        self.assertRaises(ValueError, V.verify, self.log, stranger)
        other = os.path.join(self.folder, "other")
        subprocess.run([APPEND, other, "300", "100"], check=True, stdout=subprocess.DEVNULL)
        self.assertTrue(self.verify(earlier=[os.path.join(other, "log")]))
        self.assertEqual(self.verify(earlier=[self.log]), [])


if __name__ == "__main__":
    APPEND = sys.argv.pop(1)
    unittest.main()
