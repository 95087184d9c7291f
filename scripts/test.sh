#!/usr/bin/env bash
# Runs every test: the workspace with its guards, other people's readers in Python, the pages in a browser.
# All suites run even when one fails. The last line is `N passed, N failed`.
set -uo pipefail
cd "$(dirname "$0")/.."
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$HOME/.cache/fairway/target}"
readonly python="${XDG_CACHE_HOME:-$HOME/.cache}/fairway/venv/bin/python"

passed=0
failed=0
log="$(mktemp)"
trap 'rm -f "$log"' EXIT

# suite NAME COMMAND…: runs it and shows what it says. Its own counts are added up; one that ends badly without having
# counted a failure counts as one, and one that counts nothing counts as one test.
suite() {
  local name="$1" status good bad
  shift
  printf '\n== %s ==\n' "$name"
  "$@" 2>&1 | tee "$log"
  status="${PIPESTATUS[0]}"
  good="$(count passed pass)"
  bad="$(count failed fail)"
  if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
  if [ "$status" -eq 0 ] && [ "$good" -eq 0 ]; then good=1; fi
  passed=$((passed + good))
  failed=$((failed + bad))
  if [ "$bad" -ne 0 ]; then printf '== %s: FAILED ==\n' "$name"; fi
}

# count WORD-OF-CARGO WORD-OF-NODE: adds up the closing lines of cargo test and of Node's test runner.
count() {
  awk -v cargo="$1" -v node="$2" '
    /^test result: / { for (i = 2; i <= NF; i++) if ($i ~ "^" cargo) n += $(i - 1) }
    $1 !~ /^[a-z]/ && $2 == node && NF == 3 { n += $3 }
    END { print n + 0 }' "$log"
}

# Tables that the warehouse writes, read by somebody else's program.
read_delta() {
  local folder status
  folder="$(mktemp -d)"
  FAIRWAY_INTEROP_DIR="$folder" cargo test --workspace --exclude xtask --locked --test it -- \
    --ignored --exact interop::tables_for_an_independent_reader \
    && "$python" tests/interop/read_delta.py "$folder"
  status=$?
  rm -rf "$folder"
  return "$status"
}

if ! scripts/install.sh test; then
  echo '0 passed, 1 failed'
  exit 1
fi
# xtask by itself: built together with the rest, its features of serde_json would have DataFusion compiled once more.
suite guards cargo test --package xtask --locked
suite workspace cargo test --workspace --exclude xtask --locked --no-fail-fast
suite 'specifications, read by Frictionless' \
  "$python" tests/frictionless/check.py --export "$(printf %q "$CARGO_TARGET_DIR/debug/examples/export")"
suite 'verdicts, as frictionless gives them' \
  "$python" tests/frictionless/agree.py "$CARGO_TARGET_DIR/debug/examples/verdict"
suite 'the log, verified by a program of its own' "$python" tests/log/verify.py "$CARGO_TARGET_DIR/debug/examples/append"
suite 'tables, read by delta-rs' read_delta
suite 'published tables, attacked with HiGHS' "$python" tests/disclosure/attack.py "$CARGO_TARGET_DIR/debug/examples/tables"
suite 'careless tables, attacked with HiGHS' \
  "$python" tests/disclosure/attack.py "$CARGO_TARGET_DIR/debug/examples/tables" --weak
FAIRWAY_SAMPLE="$CARGO_TARGET_DIR/debug/examples/serve_sample" FAIRWAY_REPORT="$CARGO_TARGET_DIR/debug/examples/report" \
  FAIRWAY_REGISTER="$CARGO_TARGET_DIR/debug/examples/register_page" FAIRWAY_TABLE="$CARGO_TARGET_DIR/debug/examples/table" \
  suite 'pages in a browser' node --test --test-reporter=spec tests/browser/run.mjs tests/browser/report.mjs \
  tests/browser/register.mjs tests/browser/table.mjs
NATIVE="$CARGO_TARGET_DIR/debug/examples/check_native" suite 'the check in WebAssembly' scripts/wasm.sh

printf '\n%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
