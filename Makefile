# What a fresh Debian or Ubuntu with a Rust toolchain needs: a C compiler for SQLite. Everything else is Rust.
CARGO ?= cargo
GAINSAY = target/release/gainsay

.PHONY: demo test build setup setup-test lint fuzz-check clean

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

setup-test: setup

clean:
	$(CARGO) clean
