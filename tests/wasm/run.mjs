// The check as a WebAssembly module, in Node: for every file the same findings and the same summary, byte for byte, as
// from the same code on this machine.
//
//   MODULE=fairway_check_wasm.wasm NATIVE=target/debug/examples/check_native node --test tests/wasm/run.mjs
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

const root = join(import.meta.dirname, '../..');
const day = [2026, 5, 1];
const folder = mkdtempSync(join(tmpdir(), 'fairway-wasm-'));
after(() => rmSync(folder, { recursive: true }));
const module = new WebAssembly.Module(readFileSync(process.env.MODULE));

/** Checks bytes in a fresh module; gives the exit code and both outputs. */
function inModule(spec, bytes, most = 1 << 30) {
  let at = 0;
  const outputs = [[], []];
  let instance;
  const memory = () => new Uint8Array(instance.exports.memory.buffer);
  const host = {
    fairway_read(into, room) {
      const piece = bytes.subarray(at, at + Math.min(room, most));
      memory().set(piece, into);
      at += piece.length;
      return piece.length;
    },
    fairway_write(output, from, length) {
      outputs[output].push(memory().slice(from, from + length));
      return 0;
    },
  };
  instance = new WebAssembly.Instance(module, { host });
  const name = new TextEncoder().encode(spec);
  const room = instance.exports.fairway_name_room(name.length);
  memory().set(name, room);
  const code = instance.exports.fairway_check(...day);
  return { code, pages: instance.exports.memory.buffer.byteLength, outputs: outputs.map((parts) => Buffer.concat(parts)) };
}

/** Checks files with the code of this machine. */
function native(spec, files) {
  const iso = `${day[0]}-${String(day[1]).padStart(2, '0')}-${String(day[2]).padStart(2, '0')}`;
  const done = spawnSync(process.env.NATIVE, [spec, iso, folder, ...files], { encoding: 'utf8' });
  assert.equal(done.status, 0, done.stderr);
  return done.stdout.trim().split('\n').map((code, at) => ({
    code: Number(code),
    outputs: ['findings.csv', 'summary.json'].map((name) => readFileSync(join(folder, `${at}.${name}`))),
  }));
}

function assertSame(spec, files) {
  const wanted = native(spec, files);
  assert.equal(wanted.length, files.length);
  files.forEach((file, at) => {
    const got = inModule(spec, readFileSync(file));
    assert.equal(got.code, wanted[at].code, file);
    assert.equal(got.outputs[0].toString(), wanted[at].outputs[0].toString(), file);
    assert.equal(got.outputs[1].toString(), wanted[at].outputs[1].toString(), file);
  });
}

/** Numbers that look random and are always the same. */
function* numbers(seed) {
  let state = seed;
  while (true) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    yield state >>> 0;
  }
}

const sample = (release) => join(root, 'crates/fairway-check/tests/data', `${release}.csv`);

test('a clean file of each release is clean', () => {
  for (const release of ['r1', 'r2']) {
    assert.equal(inModule(`asc-cld/${release}`, readFileSync(sample(release))).code, 0);
    assertSame(`asc-cld/${release}`, [sample(release)]);
  }
});

test('two hundred spoiled files have the same findings', () => {
  const next = numbers(7);
  const good = readFileSync(sample('r2'));
  const header = good.indexOf('\n') + 1;
  const pieces = ['"', ',', '\n', '\r\n', '\0', '=', 'é', '\xff', '31/02/2025', 'Man', ' ', '9990000477'];
  const files = [];
  for (let file = 0; file < 200; file += 1) {
    let bytes = good;
    for (let change = 0; change < 4; change += 1) {
      const at = (file % 10 === 0 ? 0 : header) + (next.next().value % (bytes.length - header));
      const piece = Buffer.from(pieces[next.next().value % pieces.length], file % 2 ? 'latin1' : 'utf8');
      bytes = Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at + (next.next().value % 3))]);
    }
    const path = join(folder, `spoiled-${file}.csv`);
    writeFileSync(path, bytes);
    files.push(path);
  }
  assertSame('asc-cld/r2', files);
});

test('every hand-made hostile file has the same findings', () => {
  const corpus = join(root, 'tests/corpora/handmade');
  const files = readdirSync(corpus, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  assert.ok(files.length > 100);
  assertSame('asc-cld/r2', files.sort());
});

test('memory does not grow with the file, however it is handed over', () => {
  const good = readFileSync(sample('r2'));
  const rows = good.subarray(good.indexOf('\n') + 1);
  const times = (count) => Buffer.concat([good, ...Array(count).fill(rows)]);
  const small = inModule('asc-cld/r2', times(100));
  const large = inModule('asc-cld/r2', times(4000));
  assert.ok(large.pages <= small.pages + (4 << 20), `${small.pages} ${large.pages}`);
  assert.deepEqual(inModule('asc-cld/r2', times(100), 4093).outputs, small.outputs);
});

test('an unknown specification and a broken host are told apart', () => {
  assert.equal(inModule('asc-cld/r99', Buffer.alloc(0)).code, 2);
  const host = { fairway_read: () => -1, fairway_write: () => 0 };
  const { exports } = new WebAssembly.Instance(module, { host });
  const name = new TextEncoder().encode('asc-cld/r2');
  const room = exports.fairway_name_room(name.length);
  new Uint8Array(exports.memory.buffer).set(name, room);
  assert.equal(exports.fairway_check(...day), 20);
});
