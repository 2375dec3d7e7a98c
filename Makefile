# A fresh Debian or Ubuntu with a Rust toolchain lacks a C compiler (for SQLite) and, for the tests, strace; both are installed
# where they are missing. Everything else is Rust.
CARGO ?= cargo
GAINSAY = target/release/gainsay

.PHONY: demo test build setup setup-test lint bench-index fuzz setup-fuzz deny pictures clean

demo: build
	@$(GAINSAY) demo

build: setup
	$(CARGO) build --release --locked --package gainsay

test: setup setup-test lint
	$(CARGO) test --workspace --locked

lint:
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --locked -- --deny warnings

setup:
	@command -v $(CARGO) >/dev/null || { echo 'cargo is missing: install Rust with  curl --proto "=https" --tlsv1.2 -sSf https://sh.rustup.rs | sh'; exit 1; }
	@command -v cc >/dev/null || scripts/install-packages gcc libc6-dev

# The crash test records what the program does to the disk with strace.
setup-test: setup
	@command -v strace >/dev/null || scripts/install-packages strace

# The index against its limits and peers, side by side; writes target/bench/index.json. REPOS are the repositories whose
# histories it reads: bare ones next to this clone, where nothing else is said. QUICK=1 measures smaller inputs. ONLY
# chooses some: kernel, scanoss, tree, history, lookup, memory.
REPOS ?= $(wildcard ../.mirror/*/repo)
QUICK ?=
ONLY ?=
bench-index: setup
	BENCH_REPOSITORIES='$(REPOS)' QUICK='$(QUICK)' $(CARGO) bench --quiet --locked --package gainsay --bench index -- $(ONLY)

# Coverage-guided fuzzing of the fingerprint crate: TARGET (one of fuzz/fuzz_targets, or all) for SECONDS each. What is found
# lies in fuzz/artifacts, inputs that reach new code in fuzz/corpus.
TARGET ?= $(patsubst fuzz/fuzz_targets/%.rs,%,$(wildcard fuzz/fuzz_targets/*.rs))
SECONDS ?= 60
FUZZ = -max_total_time=$(SECONDS) -timeout=20 -rss_limit_mb=4096 -max_len=2048 -len_control=0 -print_final_stats=1
fuzz: setup-fuzz
	@for target in $(TARGET); do $(CARGO) fuzz run --sanitizer none --no-trace-compares $$target -- $(FUZZ) || exit 1; done

# libFuzzer is C++.
setup-fuzz: setup
	@command -v c++ >/dev/null || scripts/install-packages g++
	@$(CARGO) fuzz --version >/dev/null 2>&1 || $(CARGO) install --locked cargo-fuzz

# Licences, bans and sources of the dependencies; needs cargo-deny (`cargo install cargo-deny`).
deny:
	$(CARGO) deny --all-features check bans licenses sources

# The pictures of the README, from the demo's pages; installs chromium where it is missing.
pictures: build
	scripts/pictures $(GAINSAY)

clean:
	$(CARGO) clean
