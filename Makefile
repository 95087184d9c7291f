# `make help` lists what can be made. The work is done by scripts/.
.DEFAULT_GOAL := help
.PHONY: help demo test soak check bench fuzz release

# Outside the clone, so that a fresh clone on the same machine does not begin from nothing.
export CARGO_TARGET_DIR ?= $(HOME)/.cache/fairway/target
# What the scripts read; see the top of each.
export FAIRWAY_POSTCODES DATA PEOPLE ONCE PART ROUNDS ROWS LARGE REGISTER SEED TIMES SECONDS_EACH TARGETS

help: ## This list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## Build and play three councils from landing to release; ends by serving http://127.0.0.1:8080 (ONCE=1: ends)
	@scripts/demo.sh

test: ## Every test: the workspace and its guards, other readers of our files, the pages in a browser
	@scripts/test.sh

soak: ## Tests that take minutes, root, strace and loop devices: kills at every system call and at 200 moments of work, power cuts, all postcodes (FAIRWAY_POSTCODES=FILE)
	cargo test --package fairway-store --locked -- --ignored
	FAIRWAY_KILLS=200 cargo test --package fairway --test it --locked -- killed::work
	cargo test --package fairway-deid --test it --locked -- geography

check: ## Format, clippy with warnings denied, guards
	@scripts/check.sh

bench: ## The release build measured, the check beside other programs (PART=haven|log|release|pipeline|pseudonyms|checking|tracing|peers|storm|release2|large|hostile)
	@bench/run.sh

fuzz: ## Hunt for bytes that break a promise, a minute each (TARGETS="reader date", SECONDS_EACH=60)
	@scripts/fuzz.sh

release: ## Build what is shipped
	@scripts/install.sh demo
	cargo build --release --locked --package fairway
	@echo "built $(CARGO_TARGET_DIR)/release/fairway"
