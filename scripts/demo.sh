#!/usr/bin/env bash
# Builds Fairway with the profile of development, which compiles fast, and plays the demo. At a terminal it ends by serving the status
# page; with ONCE=1, or where nobody sits at a terminal, it ends by itself.
#   DATA=demo-data  where the demo's data directory is made
#   PEOPLE=N        how many made-up people (the binary's own default otherwise)
#   ONCE=1          do not serve the status page
set -euo pipefail
cd "$(dirname "$0")/.."
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$HOME/.cache/fairway/target}"

scripts/install.sh demo
if [ ! -x "$CARGO_TARGET_DIR/debug/fairway" ]; then
  echo "demo: building for the first time, some 600 crates; this takes about ten minutes on two cores"
fi
cargo build --locked --package fairway

arguments=(demo --data "${DATA:-demo-data}")
if [ -n "${PEOPLE:-}" ]; then arguments+=(--people "$PEOPLE"); fi
if [ "${ONCE:-}" = 1 ] || [ ! -t 0 ]; then arguments+=(--once); fi
exec "$CARGO_TARGET_DIR/debug/fairway" "${arguments[@]}"
