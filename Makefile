# A fresh Debian or Ubuntu with a Rust toolchain lacks a C compiler (for SQLite) and, for the tests, strace; both are installed
# where they are missing. Everything else is Rust.
CARGO ?= cargo
GAINSAY = $(or $(CARGO_TARGET_DIR),target)/release/gainsay

.PHONY: demo test build setup setup-test setup-pictures lint bench-browser fuzz-api bench-index bench-matching bench-reading bench-weighing bench-recognise bench-samples bench-private-match samples fuzz fuzz-parsers setup-fuzz setup-compilers deny pictures accessibility clean

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

# The tests record what the program does to the disk with strace, have samples scanned by YARA and ClamAV with signatures of their own,
# pictures read by tesseract, and try the pages in chromium.
setup-test: setup
	@command -v strace >/dev/null || scripts/install-packages strace
	@command -v yara >/dev/null || scripts/install-packages yara
	@test -x /usr/sbin/clamd || scripts/install-packages clamav-daemon
	@command -v tesseract >/dev/null || scripts/install-packages tesseract-ocr
	@command -v chromium >/dev/null || scripts/install-packages chromium

# What reads text in pictures, and what the bench draws them with.
setup-pictures:
	@command -v tesseract >/dev/null || scripts/install-packages tesseract-ocr
	@test -e /usr/share/tesseract-ocr/5/tessdata/rus.traineddata || scripts/install-packages tesseract-ocr-rus
	@command -v chromium >/dev/null || scripts/install-packages chromium
	@fc-list 2>/dev/null | grep -q 'Noto Sans Mono' || scripts/install-packages fontconfig fonts-dejavu fonts-liberation fonts-noto-mono

# Bare repositories beside this clone, by name.
beside = $(foreach name,$(1),../.mirror/$(name)/repo)

# How fast the desk is in a browser: a thousand cases, each page alone, and fifty readers with five writers at once; writes
# target/bench/browser.json. QUICK=1 makes a tenth of the desk. ONLY chooses some: pages, crowd, large.
bench-browser: setup
	QUICK='$(QUICK)' $(CARGO) bench --quiet --locked --package gainsay --bench browser -- $(ONLY)

# What the API answers to requests that schemathesis makes of its document: nothing that fails, and nothing that the document does not tell.
# It is installed from PyPI. MOST is how many requests it makes of each operation.
MOST ?= 100
API = $(or $(CARGO_TARGET_DIR),$(CURDIR)/target)/schemathesis
fuzz-api: build
	@test -x '$(API)/bin/schemathesis' || { command -v python3 >/dev/null && python3 -m venv '$(API)' || scripts/install-packages python3-venv && python3 -m venv '$(API)'; }
	@test -x '$(API)/bin/schemathesis' || '$(API)/bin/pip' install --quiet schemathesis==4.32.5
	scripts/fuzz-api $(GAINSAY) '$(API)/bin/schemathesis' $(MOST)

# The index against its limits and peers, side by side; writes target/bench/index.json. REPOS are the repositories whose
# histories it reads: three bare ones beside this clone, where nothing else is said. QUICK=1 measures smaller inputs. ONLY
# chooses some: kernel, scanoss, tree, history, lookup, memory.
REPOS ?=
QUICK ?=
ONLY ?=
VERBOSE ?=
READ = $(or $(REPOS),$(wildcard $(call beside,sqlalchemy+sqlalchemy apache+kafka redis+redis)))
bench-index: setup
	BENCH_REPOSITORIES='$(READ)' QUICK='$(QUICK)' $(CARGO) bench --quiet --locked --package gainsay --bench index -- $(ONLY)

# How well ours is told from what is not, with 95% intervals, beside peers; writes target/bench/matching.json. REPOS are the
# repositories that are taken for ours, FOREIGN those whose files are not ours, PUBLIC what everybody has: bare ones next to
# this clone, where nothing else is said. QUICK=1 makes fewer samples. ONLY chooses some: files, foreign, dating, takings,
# listings, places, published, peers.
TESTED = $(or $(REPOS),$(call beside,square+okhttp \
  JamesNK+Newtonsoft.Json gin-gonic+gin guzzle+guzzle Alamofire+Alamofire alacritty+alacritty))
FOREIGN ?= $(call beside,ktorio+ktor AutoMapper+AutoMapper autofac+Autofac NLog+NLog serilog+serilog restsharp+RestSharp \
  gohugoio+hugo etcd-io+etcd laravel+framework ReactiveX+RxSwift vapor+vapor apple+swift-nio \
  pointfreeco+swift-composable-architecture nushell+nushell actix+actix-web vuejs+core sinatra+sinatra)
PUBLIC ?= $(call beside,google+gson apache+commons-lang mockito+mockito InsertKoinIO+koin Kotlin+kotlinx.coroutines \
  App-vNext+Polly FluentValidation+FluentValidation nunit+nunit labstack+echo spf13+cobra composer+composer \
  Seldaek+monolog apple+swift-argument-parser Quick+Nimble onevcat+Kingfisher libuv+libuv pallets+flask expressjs+express)
MATCHING = BENCH_REPOSITORIES='$(TESTED)' BENCH_FOREIGN='$(FOREIGN)' BENCH_PUBLIC='$(PUBLIC)' QUICK='$(QUICK)' \
  $(CARGO) bench --quiet --locked --package gainsay --bench matching --
bench-matching: setup
	$(MATCHING) $(ONLY)

# How well claims are weighed: the Brier score of the likelihoods beside simple ways to judge, with 95% intervals; how fast a case
# shows, and what it takes to verify a long ledger; writes target/bench/weighing.json. STATEMENTS is a file of propositions with what
# became known of them (docs/weighing.md): the one next to this clone, where nothing else is said. QUICK=1 makes smaller desks. ONLY
# chooses some: brier, disagreements, show, verify. TEXTS are as for bench-reading: folders with the stories whose disagreements
# somebody has read; VERBOSE=1 names what was missed, and what was reported and is none.
STATEMENTS ?= $(wildcard ../shared/eval/weighing.jsonl)
bench-weighing: setup
	BENCH_STATEMENTS='$(STATEMENTS)' TEXTS='$(TEXTS)' QUICK='$(QUICK)' VERBOSE='$(VERBOSE)' \
	  $(CARGO) bench --quiet --locked --package gainsay --bench weighing -- $(ONLY)

# How well what a sample must not reveal is found (precision and recall by line, with 95% intervals, beside detect-secrets, which is
# installed from PyPI), and that none of it is kept; writes target/bench/recognise.json. LEAKY is a clone of Plazmaz/leaky-repo: the one
# next to this clone, where nothing else is said. SEED chooses the generated files. Also whether models are recognised that were stored
# otherwise, changed in part or trained a little: the formats' own libraries are installed from PyPI; and whether pictures of a screen are
# recognised that show files of the bare repository SCREENS, and none that show files of OTHERS. QUICK=1 trains and draws fewer. ONLY
# chooses some: secrets, planted, models, screens, symbols (compilers are installed where they are missing).
LEAKY ?= $(wildcard $(call beside,Plazmaz+leaky-repo))
SCREENS ?= $(wildcard $(call beside,gin-gonic+gin))
OTHERS ?= $(wildcard $(call beside,labstack+echo spf13+cobra))
bench-recognise: setup setup-compilers setup-pictures
	BENCH_LEAKY='$(LEAKY)' SEED='$(SEED)' MODELS='$(if $(QUICK),4,20)' SCREENS='$(if $(QUICK),24,240)' \
	  BENCH_SCREENS='$(SCREENS)' BENCH_OTHERS='$(OTHERS)' $(CARGO) bench --quiet --locked --package gainsay --bench recognise -- $(ONLY)

# Private matching beside others, which are installed from PyPI; writes target/bench/private-match.json. It is built with the instructions
# for large registers, where the machine has them; a build without this variable uses AVX2. QUICK=1 measures smaller sets. ONLY chooses some: parts, psi, spu,
# cores, memory, timing.
WIDE = RUSTFLAGS='--cfg curve25519_dalek_backend="avx512"'
bench-private-match: setup
	$(WIDE) QUICK='$(QUICK)' $(CARGO) bench --quiet --locked --package private-match --bench private-match \
	  --target-dir $(or $(CARGO_TARGET_DIR),target)/wide -- $(ONLY)

# One sample of a KIND (exact, reformat, rename20, delete30, shuffle, rename-all, lines10, ocr5, unrelated, foreign-samples,
# published-samples, dating-exact, dating-edited, two-takings, listing-100, place) from the repository REPO, by SEED, in the
# folder OUT; what is true of it is in OUT/truth.json, beside it.
REPO ?= .
SEED ?= 1
samples: setup
	@test -n '$(KIND)' -a -n '$(OUT)' || { echo 'make samples REPO=… KIND=… SEED=… OUT=…'; exit 1; }
	$(MATCHING) make '$(abspath $(REPO))' '$(KIND)' '$(SEED)' '$(abspath $(OUT))'

# How well stories are read, held against annotations with 95% intervals, and how fast; writes target/bench/reading.json. TEXTS are
# folders with the annotated texts, which belong to their publishers (benches/reading/annotations says where each was found).
# QUICK=1 reads fewer for the speed. ONLY chooses some: stories, speed.
TEXTS ?= ../shared/eval ../shared/seeds
bench-reading: setup
	TEXTS='$(TEXTS)' QUICK='$(QUICK)' $(CARGO) bench --quiet --locked --package gainsay --bench reading -- $(ONLY)

# What hostile samples do to the worker that opens them, and what opening and matching cost; writes target/bench/samples.json. SEED
# chooses the hostile files, QUICK=1 makes a tenth of everything. REGISTRY is a folder of sources, of which what is real in the
# samples is taken: what cargo keeps, where nothing else is said. ONLY chooses some: hostile, throughput, sandbox, memory.
REGISTRY ?= $(wildcard $(or $(CARGO_HOME),$(HOME)/.cargo)/registry/src)
bench-samples: build
	SEED='$(SEED)' QUICK='$(QUICK)' BENCH_REGISTRY='$(REGISTRY)' BENCH_GAINSAY='$(abspath $(GAINSAY))' \
	  $(CARGO) bench --quiet --locked --package unpack --features unlocked --bench samples -- $(ONLY)

# Coverage-guided fuzzing of the fingerprint crate, the protocol of private matching and the parsers of documents: TARGET (one of fuzz/fuzz_targets, or all) for SECONDS each. What is found
# lies in fuzz/artifacts, inputs that reach new code in fuzz/corpus.
TARGET ?= $(patsubst fuzz/fuzz_targets/%.rs,%,$(wildcard fuzz/fuzz_targets/*.rs))
SECONDS ?= 60
FUZZ = -max_total_time=$(SECONDS) -timeout=20 -rss_limit_mb=4096 -max_len=2048 -len_control=0 -print_final_stats=1
fuzz: setup-fuzz
	@for target in $(TARGET); do $(CARGO) fuzz run --sanitizer none --no-trace-compares $$target -- $(FUZZ) || exit 1; done

# The pipe between parent and child, every parser of foreign formats, and the messages of private matching, for SECONDS each.
fuzz-parsers:
	@$(MAKE) --no-print-directory fuzz TARGET='archives builds frames lists mail markup notes pdf private'

# libFuzzer is C++.
setup-fuzz: setup
	@command -v c++ >/dev/null || scripts/install-packages g++
	@$(CARGO) fuzz --version >/dev/null 2>&1 || $(CARGO) install --locked cargo-fuzz

# What the builds of bench-recognise are built and signed by; where it is not asked for them, nothing is installed.
COMPILERS = gcc binutils clang lld llvm gcc-mingw-w64-x86-64-posix osslsigncode openssl
setup-compilers:
	@test -n '$(ONLY)' -a -z '$(findstring symbols,$(ONLY))' || { command -v clang && command -v lld-link && \
	  command -v dsymutil && command -v x86_64-w64-mingw32-gcc && command -v osslsigncode; } >/dev/null || scripts/install-packages $(COMPILERS)

# Licences, bans and sources of the dependencies; needs cargo-deny (`cargo install cargo-deny`).
deny:
	$(CARGO) deny --all-features check bans licenses sources

# The pictures of the README, from the demo's pages; installs chromium where it is missing.
pictures: build setup-test
	scripts/pictures $(GAINSAY)
	PICTURES='$(CURDIR)/docs' $(OF_THE_PAGES)

# Every page of the demo's desk, dark and light, against the rules of axe-core, which npm fetches.
OF_THE_PAGES = $(CARGO) test --locked --package gainsay --test it -- --ignored web::pictures
AXE = $(or $(CARGO_TARGET_DIR),$(CURDIR)/target)/axe
accessibility: setup-test
	@command -v npm >/dev/null || scripts/install-packages npm
	@mkdir -p '$(AXE)' && cd '$(AXE)' && npm pack --silent axe-core@4.14.1 >/dev/null && tar xzf axe-core-*.tgz package/axe.min.js
	AXE='$(AXE)/package/axe.min.js' $(OF_THE_PAGES)

clean:
	$(CARGO) clean
