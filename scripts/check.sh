#!/usr/bin/env bash
# What a change has to pass before its tests are run: format, clippy without a warning, the guards. All are run even
# when one fails.
set -uo pipefail
cd "$(dirname "$0")/.."
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$HOME/.cache/fairway/target}"

failed=()
step() {
  printf '== %s ==\n' "$1"
  "${@:2}" || failed+=("$1")
}

step format cargo fmt --all --check
step clippy cargo clippy --workspace --all-targets --locked -- -D warnings
step arrows cargo xtask arrows
step guards cargo xtask guards
for script in scripts/*.sh .ci/run; do step "syntax of $script" bash -n "$script"; done

if [ "${#failed[@]}" -gt 0 ]; then
  printf 'failed: %s\n' "${failed[*]}"
  exit 1
fi
