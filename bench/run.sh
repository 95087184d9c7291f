#!/usr/bin/env bash
# `make bench`: a council's file from land to release on the release build, with time and memory of each step.
#   PEOPLE=65000    how many people (about three events each; 65,000 make some 200,000)
#   ROUNDS=3        how often; medians are printed
set -euo pipefail
cd "$(dirname "$0")/.."
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$HOME/.cache/fairway/target}"
scripts/install.sh demo
cargo build --release --locked --package fairway
exec python3 bench/pipeline.py --fairway "$CARGO_TARGET_DIR/release/fairway" \
  --people "${PEOPLE:-65000}" --rounds "${ROUNDS:-3}"
