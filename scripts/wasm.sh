#!/usr/bin/env bash
# Builds the check as a WebAssembly module and runs it in Node: the same findings as natively, byte for byte.
# With rustup's target wasm32-unknown-unknown where it is installed; else with Debian's compiler for the web, which
# brings the source of the standard library and has it built along (install.sh sees to it).
#   NATIVE=FILE   the example check_native, where it is built already
set -euo pipefail
cd "$(dirname "$0")/.."
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$HOME/.cache/fairway/target}"

readonly target=wasm32-unknown-unknown
readonly module="$CARGO_TARGET_DIR/wasm/$target/release/fairway_check_wasm.wasm"
build=(build --locked --release --package fairway-check-wasm --lib --target "$target" --target-dir "$CARGO_TARGET_DIR/wasm")
if [ -d "$(rustc --print target-libdir --target "$target")" ]; then
  cargo "${build[@]}"
else
  # RUSTC_BOOTSTRAP: building the standard library is not stable yet.
  env PATH=/usr/bin:/bin RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 \
    CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=/usr/bin/wasm-ld-19 \
    /usr/bin/cargo "${build[@]}" -Zbuild-std=std,panic_abort
fi
if [ -z "${NATIVE:-}" ]; then
  cargo build --locked --package fairway-check-wasm --example check_native
  NATIVE="$CARGO_TARGET_DIR/debug/examples/check_native"
fi
MODULE="$module" NATIVE="$NATIVE" exec node --test --test-reporter=spec tests/wasm/run.mjs
