#!/usr/bin/env bash
# `make bench`: the release build, measured. Every part prints a table; results/checking.md keeps that of the check.
#   PART=all        or haven (load and de-identify beside DuckDB; ROWS, TIMES=10 as many for scale), log (appends a second, verifying), release (the gate at 1,000,000 rows of 60 columns, beside DuckDB's COPY), pseudonyms (in the keyring, over the socket), pipeline (a council's file from land to release), checking (the check beside other programs), tracing
#                   (the trace beside other programs), or parts of checking: peers,storm,release2,large,hostile
#   ROUNDS=3        how often; medians are printed
#   ROWS=1000000    of checking; LARGE=7000000 of its largest file (Release 2 allows 4 GB; 8 GB on disk for a while)
#   REGISTER=10000000  of the large register of tracing (6 GB of memory, 4 GB on disk for a while); SEED=77130305 of its people;
#                   PARTS=quality,public,speed,large for some of its parts, with a report of their own (results/tracing-large.md)
#   PEOPLE=65000    of the pipeline (about three events each; 65,000 make some 200,000)
set -euo pipefail
cd "$(dirname "$0")/.."
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$HOME/.cache/fairway/target}"
readonly part="${PART:-all}" rounds="${ROUNDS:-3}"
readonly cache="${XDG_CACHE_HOME:-$HOME/.cache}/fairway"
readonly fairway="$CARGO_TARGET_DIR/release/fairway"

checking() {
  scripts/install.sh bench
  # Data by the gigabyte: beside what is built, where there is room, and taken away at the end.
  TMPDIR="$CARGO_TARGET_DIR" python3 bench/checking.py --fairway "$fairway" --rounds "$rounds" \
    --peers "$cache/bench-venv/bin/python" --dve "$cache/bench-dve-venv/bin/python" \
    --rows "${ROWS:-1000000}" --large "${LARGE:-7000000}" "$@"
}

tracing() {
  scripts/install.sh bench
  cargo build --release --locked --package fairway-trace --example trace
  TMPDIR="$CARGO_TARGET_DIR" python3 bench/tracing.py --fairway "$fairway" \
    --latency "$CARGO_TARGET_DIR/release/examples/trace" --peers "$cache/bench-tracing-venv/bin/python" \
    --large "${REGISTER:-10000000}" --seed "${SEED:-77130305}" \
    ${PARTS:+--parts "$PARTS"} --out "bench/results/tracing${PARTS:+-${PARTS//,/-}}.md"
}

haven() {
  scripts/install.sh bench
  TMPDIR="$CARGO_TARGET_DIR" python3 bench/haven.py --fairway "$fairway" --peers "$cache/bench-venv/bin/python" \
    --rows "${ROWS:-1000000}" --times "${TIMES:-10}" --rounds "$rounds" --out bench/results/haven.md
}

if [ "$part" = log ]; then
  cargo build --quiet --release --locked --package fairway-store --example append
  exec python3 bench/log.py --append "$CARGO_TARGET_DIR/release/examples/append" --folder "$CARGO_TARGET_DIR" --rounds "$rounds"
fi
if [ "$part" = pseudonyms ]; then
  exec cargo run --quiet --release --locked --package fairway-keyholder --example pseudonyms
fi
scripts/install.sh demo
cargo build --release --locked --package fairway
case "$part" in
  all | pipeline) python3 bench/pipeline.py --fairway "$fairway" --people "${PEOPLE:-65000}" --rounds "$rounds" ;;
esac
case "$part" in
  release)
    scripts/install.sh bench
    TMPDIR="$CARGO_TARGET_DIR" python3 bench/release.py --fairway "$fairway" --duckdb "$cache/bench-venv/bin/python" \
      --people "${PEOPLE:-330000}" --rounds "$rounds"
    ;;
  pipeline) ;;
  tracing) tracing ;;
  haven) haven ;;
  all | checking)
    checking --out bench/results/checking.md
    if [ "$part" = all ]; then tracing; haven; fi
    ;;
  *) checking --parts "$part" ;;
esac
