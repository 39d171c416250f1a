# `make help` lists what there is. Recipes are short; what is longer lives in deploy/dev/.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-print-directory
.NOTPARALLEL: # Cargo and npm use all cores by themselves.

WEB := services/gateway/web
WEB_SOURCES := $(shell find $(WEB) -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)
DEV := deploy/dev
STOWAGE := target/debug/stowage
BUF_VERSION := 1.75.0
BUF := target/dev/buf-$(BUF_VERSION)/node_modules/.bin/buf

ifdef CI
export CARGO_INCREMENTAL := 0
export CARGO_TERM_COLOR := never
export NEXTEST_PROFILE := ci
export STOWAGE_REQUIRE_ALL_BACKENDS := 1
endif
NEXTEST_PROFILE ?= default

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^##@/ { printf "\n%s\n", substr($$0, 5) } /^[a-z-]+:.*## / { printf "  %-15s %s\n", $$1, $$2 }' Makefile

##@ dev
.PHONY: run build-deps services services-down clean
run: build-deps $(WEB)/dist/index.html ## Build and start Stowage: make run [PHOTOS=folder] [DATA=folder]
	cargo build --workspace --bin stowage
	$(STOWAGE) serve $(if $(PHOTOS),--photos "$(subst ~/,$(HOME)/,$(PHOTOS))") $(if $(DATA),--data "$(DATA)")

build-deps: ## Install what the build needs, or say what is missing
	@$(DEV)/services build-deps

services: ## Start the test servers and keep them; then: eval "$(deploy/dev/services env)"
	$(DEV)/services up

services-down: ## Stop the test servers and delete their data
	$(DEV)/services down

clean: services-down ## Stop the test servers and delete everything built
	rm -rf target $(WEB)/dist $(WEB)/node_modules

##@ test
.PHONY: ci test test-suite api-fuzz fuzz faults bench
ci: lint test gen-check proto-breaking ## Check everything that has to hold before a change lands

test: build-deps web-check $(WEB)/dist/index.html ## Run every test, with every server present
	$(DEV)/services run -- $(MAKE) test-suite

test-suite: # Inside the servers' environment.
	npm --prefix $(WEB) test
	cargo build --workspace --all-targets
	@if cargo nextest --version >/dev/null 2>&1; then \
	    code=0; cargo nextest run --workspace --profile $(NEXTEST_PROFILE) || code=$$?; \
	    $(DEV)/test-report target/nextest/$(NEXTEST_PROFILE)/junit.xml || [ $$code != 0 ] || code=1; exit $$code; \
	else \
	    echo "cargo-nextest is missing (get it: cargo install --locked cargo-nextest); using cargo test"; \
	    cargo test --workspace --tests -- --test-threads=1; \
	fi
	cd tests/browser && npm ci && npm test
	python3 tests/schemathesis/run.py --examples 10

api-fuzz: build-deps $(WEB)/dist/index.html ## Make thousands of odd requests, and hold answers against their description
	cargo build --workspace --all-targets
	python3 tests/schemathesis/run.py

fuzz: build-deps ## Feed mutated files to parsers and decoders: make fuzz [SECONDS=60]
	@$(DEV)/fuzz $(or $(SECONDS),60)

faults: build-deps $(WEB)/dist/index.html ## Kill everything three times during imports of 1,000 files
	cargo build --workspace --all-targets
	STOWAGE_FAULTS=long $(DEV)/services run -- cargo nextest run -p stowage-tests --profile faults

bench: ## Run the benchmarks in tests/bench
	for bench in tests/bench/*/run.py; do echo "== $$bench"; python3 "$$bench"; done

##@ lint
.PHONY: lint fmt dev-check web-check proto-lint proto-breaking clippy
lint: build-deps dev-check proto-lint web-check clippy ## Check formatting, code, messages, web UI and tools

fmt: ## Format the code
	cargo fmt --all

dev-check:
	cargo fmt --all --check
	PYTHONPYCACHEPREFIX=target/dev/pycache python3 -m py_compile $(DEV)/{services,test-report,sandbox-log,devservices/*.py} tests/schemathesis/run.py

web-check: $(WEB)/node_modules/.installed
	npm --prefix $(WEB) run check

proto-lint: $(BUF)
	$(BUF) lint proto

proto-breaking: $(BUF) ## Compare the messages with those of the last landed commit
	@$(DEV)/proto-breaking $(BUF)

clippy: $(WEB)/dist/index.html # The web UI is part of the binary.
	cargo clippy --workspace --all-targets -- -D warnings

##@ gen
.PHONY: gen gen-check
gen: build-deps $(WEB)/dist/index.html ## Generate docs/reference and the web UI's types
	cargo build --workspace --all-targets # What the tests build: another selection rebuilds half the graph.
	$(STOWAGE) reference write docs/reference
	npm --prefix $(WEB) run gen

# Compares before with after, not with the last commit: a working tree has changes of its own.
gen-check: ## Fail if generated files are out of date
	@tree() { git ls-files -co --exclude-standard -z docs $(WEB) | xargs -0 sha256sum 2>/dev/null || true; }; \
	before=$$(tree); $(MAKE) gen; after=$$(tree); \
	diff <(echo "$$before") <(echo "$$after") || \
	    { echo "generated files were out of date: commit what 'make gen' has just written"; exit 1; }

##@ release
.PHONY: release
release: build-deps $(WEB)/dist/index.html ## Build all programs with optimisation
	cargo build --release --workspace --bins

$(WEB)/node_modules/.installed: $(WEB)/package.json $(WEB)/package-lock.json
	npm --prefix $(WEB) ci --no-audit --no-fund
	@mkdir -p $(@D) && touch $@

$(WEB)/dist/index.html: $(WEB)/node_modules/.installed $(WEB_SOURCES)
	npm --prefix $(WEB) run build
	@mkdir -p $(@D) && touch $@

$(BUF):
	npm install --prefix target/dev/buf-$(BUF_VERSION) --no-save --no-audit --no-fund @bufbuild/buf@$(BUF_VERSION)
