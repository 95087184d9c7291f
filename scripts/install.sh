#!/usr/bin/env bash
# Installs what a Debian machine lacks for `make demo`, `make test`, `make bench` or `make fuzz`, and says what and why:
#   scripts/install.sh demo|test|bench|fuzz
# Whatever cannot be installed is named, and the script fails; nothing is left out in silence.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly cache="${XDG_CACHE_HOME:-$HOME/.cache}/fairway"
packages=()
missing=()

say() { printf 'install: %s\n' "$*"; }
has() { command -v "$1" >/dev/null 2>&1; }

# lacks PACKAGE WHY: notes a Debian package to be installed.
lacks() {
  say "$1 is missing: $2"
  packages+=("$1")
}

look_for_rust() {
  if ! has cargo; then
    missing+=("cargo: install Rust with rustup; rust-toolchain.toml then picks the version")
  elif ! cargo --version >/dev/null 2>&1; then
    missing+=("the Rust toolchain of rust-toolchain.toml: run 'rustup toolchain install' in this folder")
  fi
}

look_for_compiler() {
  has cc || { lacks gcc "SQLite, zstd and the cryptography are compiled from C"; packages+=(libc6-dev); }
}

look_for_test_tools() {
  has chromium || has chromium-browser || has google-chrome || [ -n "${CHROMIUM:-}" ] \
    || lacks chromium "the pages are tested in a real browser"
  has node || lacks nodejs "the browser is driven from Node.js"
  [ -x /usr/lib/postgresql/15/bin/initdb ] || has initdb || [ -n "${FAIRWAY_POSTGRES:-}" ] \
    || lacks "$(postgres_package)" "the ledger is tested in PostgreSQL as well as in SQLite"
  has npm || lacks npm "it installs playwright-core and axe-core for the browser test"
  look_for_python "other people's readers of our files are written in Python"
}

# PostgreSQL 15 where Debian has it, else the PostgreSQL that Debian has.
postgres_package() {
  if apt-cache show postgresql-15 >/dev/null 2>&1; then echo postgresql-15; else echo postgresql; fi
}

# look_for_python WHY
look_for_python() {
  has python3 || lacks python3 "$1"
  python3 -c 'import ensurepip, venv' >/dev/null 2>&1 || lacks python3-venv "$1, in an environment of their own"
}

# A compiler for the web: that of rustup, else Debian's with the source of the standard library.
look_for_web_compiler() {
  if [ -d "$(rustc --print target-libdir --target wasm32-unknown-unknown 2>/dev/null)" ]; then return 0; fi
  local why="the check is built as a WebAssembly module (rustup's target wasm32-unknown-unknown would do as well)"
  [ -x /usr/bin/rustc ] && [ -d /usr/lib/rustlib/src/rust/library ] || { lacks rust-web-src "$why"; packages+=(rustc-web); }
  [ -x /usr/bin/cargo ] || lacks cargo-web "$why"
  [ -x /usr/bin/wasm-ld-19 ] || lacks lld-19 "$why"
}

install_packages() {
  [ "${#packages[@]}" -gt 0 ] || return 0
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    if ! has sudo; then
      missing+=("${packages[*]}: install as root with apt-get (this account is not root, and sudo is missing)")
      return 0
    fi
    as_root=(sudo)
  fi
  if ! has apt-get; then
    missing+=("${packages[*]}: this is no Debian machine (apt-get is missing); install them by its own means")
    return 0
  fi
  say "installing with apt-get: ${packages[*]}"
  if ! { "${as_root[@]}" apt-get update -qq \
    && "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${packages[@]}"; }; then
    missing+=("${packages[*]}: apt-get failed, see above")
  fi
}

# python_environment NAME REQUIREMENTS WHY: a virtual environment, made once for each state of its requirements.
python_environment() {
  local venv="$cache/$1" stamp
  stamp="$(python3 --version) $(sha256sum <"$2")"
  if [ "$(cat "$venv/stamp" 2>/dev/null)" = "$stamp" ]; then return 0; fi
  say "installing the Python packages of $2 into $venv: $3"
  rm -rf "$venv"
  if python3 -m venv "$venv" \
    && "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --requirement "$2"; then
    printf '%s\n' "$stamp" >"$venv/stamp"
  else
    missing+=("the Python packages of $2: pip failed, see above")
  fi
}

install_browser_driver() {
  if [ "$(node -p 'parseInt(process.versions.node) >= 20')" != true ]; then
    missing+=("Node.js 20 or later: this is $(node --version)")
    return 0
  fi
  local stamp
  stamp="$(sha256sum <tests/browser/package-lock.json)"
  if [ "$(cat tests/browser/node_modules/.stamp 2>/dev/null)" = "$stamp" ]; then return 0; fi
  say "installing playwright-core and axe-core into tests/browser/node_modules, for the browser test"
  if npm ci --prefix tests/browser --ignore-scripts --silent; then
    printf '%s\n' "$stamp" >tests/browser/node_modules/.stamp
  else
    missing+=("playwright-core and axe-core: npm failed, see above")
  fi
}

install_cargo_fuzz() {
  has cargo-fuzz && return 0
  say "installing cargo-fuzz with cargo: it builds and runs the fuzz targets"
  cargo install --quiet --locked cargo-fuzz || missing+=("cargo-fuzz: cargo install failed, see above")
}

stop_if_missing() {
  [ "${#missing[@]}" -gt 0 ] || return 0
  say "cannot go on. Missing:"
  printf '  - %s\n' "${missing[@]}"
  exit 1
} >&2

case "${1:-}" in
  demo | test | bench | fuzz) ;;
  *)
    echo "usage: scripts/install.sh demo|test|bench|fuzz" >&2
    exit 2
    ;;
esac
look_for_rust
look_for_compiler
case "$1" in
  test)
    look_for_test_tools
    look_for_web_compiler
    ;;
  bench) look_for_python "other people's programs run beside ours" ;;
  fuzz) has c++ || lacks g++ "libFuzzer is compiled from C++" ;;
esac
install_packages
stop_if_missing
case "$1" in
  test)
    python_environment venv tests/requirements.txt 'frictionless, deltalake and pyarrow read our files as others do, HiGHS attacks our tables'
    python_environment mesh-venv tests/mesh/requirements.txt 'the national sandbox stands in for MESH'
    install_browser_driver
    ;;
  bench)
    python_environment bench-venv bench/peers/requirements.txt 'polars, DuckDB, pandera and frictionless do the same work'
    python_environment bench-dve-venv bench/peers/requirements-dve.txt 'so does the engine of NHS England'
    python_environment bench-tracing-venv bench/peers/requirements-tracing.txt 'Splink traces beside ours'
    ;;
  fuzz) install_cargo_fuzz ;;
esac
stop_if_missing
