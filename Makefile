# The human face of the build. Nobody needs to know CMake to use it: `make help`.
SHELL := /bin/sh
BUILD := build/release

.PHONY: help run build test quick check check-all agents mutants check-gate lint format asan tsan fuzz bench bench-gate bench-restore bare deps install clean

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

deps:
	@sh scripts/install build run
	@sh scripts/deps

build: deps ## build/weir
	@test -e $(BUILD)/build.ninja || cmake --preset release -DWEIR_TESTS=OFF >/dev/null
	@cmake --build $(BUILD) --target weir
	@ln -sf release/weir build/weir

run: build ## build, get engine and model, ask a first question, stay until Ctrl-C (ONCE=1: end after it)
	@sh scripts/fetch
	@ONCE="$(ONCE)" sh scripts/run

test: ## everything that is tested without a network beyond the package registries
	@sh scripts/install build run test
	@sh scripts/deps
	@sh scripts/fetch
	@sh scripts/test

quick: ## lint and unit tests of the debug build
	@sh scripts/lint
	@test -e build/dev/build.ninja || cmake --preset dev >/dev/null
	@cmake --build build/dev && ctest --test-dir build/dev -j2 --output-on-failure

lint: ## layers, doors, format
	@sh scripts/lint

check: test lint

check-all: ## test, lint, each fuzz target for 60 s, clang-tidy, ten times the property runs
	@sh scripts/install build run test bench
	@sh scripts/check-all

check-gate: ## RUNS (10,000,000) random policies, requests and faults against the gate: 0 forbidden bytes
	@sh scripts/check-gate

asan: ## unit, property and api tests under AddressSanitizer and UndefinedBehaviorSanitizer
	@WEIR_PARTS=asan sh scripts/check-all

tsan: ## the same under ThreadSanitizer
	@WEIR_PARTS=tsan sh scripts/check-all

fuzz: ## build the fuzz targets into build/fuzz
	@test -e build/fuzz/build.ninja || cmake --preset fuzz >/dev/null
	@cmake --build build/fuzz

format: ## clang-format over the sources
	@clang-format-14 -i $$(git ls-files 'src/*.[ch]' 'tests/*.[ch]' 'bench/*.[ch]')

bench: build ## weir beside nginx and HAProxy, one table
	@sh scripts/install bench
	@sh bench/run.sh

bench-gate: build ## what the gate finds, hides and lets through, beside Presidio, one table (BENCH_DATA=folder of the corpora)
	@sh bench/gate.sh

bench-restore: build ## how fast originals are put back into a disguised answer
	@cmake --build build/release --target bench_restore && build/release/bench_restore

mutants: build ## breaks lines of the policy one at a time: do the tests notice? (ARGS="--count N FILE…")
	@python3 scripts/mutants $(ARGS)

agents: build ## Claude Code and opencode at work through weir, disguised
	@sh scripts/agents

bare: ## the two commands in a bare Debian 12 root (root only)
	@sh scripts/bare

install: build ## copy weir to $(DESTDIR)$(PREFIX)/bin, its manual page to share/man
	@install -D -m 755 $(BUILD)/weir $(DESTDIR)$(or $(PREFIX),/usr/local)/bin/weir
	@install -D -m 644 docs/weir.1 $(DESTDIR)$(or $(PREFIX),/usr/local)/share/man/man1/weir.1

clean: ## remove what was built (not what was fetched)
	@rm -rf build/dev build/release build/asan build/tsan build/fuzz build/coverage build/clang build/weir
