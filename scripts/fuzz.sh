#!/usr/bin/env bash
# `make fuzz`: hunts for bytes that break a promise of crates/fairway-proof, each target for a minute, from the inputs kept
# in tests/corpora/fuzz and what earlier runs found on this machine. What breaks one is kept there, as found-<hash>, and is
# tried with every test run from then on.
#   SECONDS_EACH=60   how long each
#   TARGETS="…"       which; all otherwise
# On the toolchain of rust-toolchain.toml, so without a sanitizer: our code has no `unsafe` for one to watch.
set -uo pipefail
cd "$(dirname "$0")/.."
scripts/install.sh fuzz || exit 1
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$HOME/.cache/fairway/target}/fuzz"
readonly grown="${XDG_CACHE_HOME:-$HOME/.cache}/fairway/fuzz"
readonly targets="${TARGETS:-$(cd tests/corpora/fuzz && echo *)}"

cargo fuzz build --sanitizer none || exit 1
failed=()
for target in $targets; do
  printf '\n== %s ==\n' "$target"
  kept="$PWD/tests/corpora/fuzz/$target"
  mkdir -p "$grown/$target"
  # The first folder is where new inputs go.
  cargo fuzz run --sanitizer none "$target" "$grown/$target" "$kept" -- -max_total_time="${SECONDS_EACH:-60}" \
    -timeout=10 -rss_limit_mb=1024 -max_len=65536 -print_final_stats=1 -verbosity=0 \
    -dict="$PWD/fuzz/csv.dict" -artifact_prefix="$kept/found-" || failed+=("$target")
done
if [ "${#failed[@]}" -gt 0 ]; then
  printf '\nbroken: %s; the inputs are in tests/corpora/fuzz\n' "${failed[*]}"
  exit 1
fi
printf '\n%s targets, nothing broken\n' "$(wc -w <<<"$targets")"
