# Every target is one call; the logic lives in cargo and in xtask.
SHELL := /bin/bash
CARGO ?= cargo
DEMO := --state examples/acme/state --rules examples/acme/rules.toml
DENY_VERSION := 0.20.2
SEED ?= ci

.DEFAULT_GOAL := help
.PHONY: help setup check fmt test test-store demo generate generated catalog catalog-check deny advisories build bench bench-smoke all

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-12s %s\n", $$1, $$2}'

setup: ## Install what the checks need besides Rust (cargo-deny)
	@command -v cargo-deny >/dev/null || $(CARGO) install --locked --quiet cargo-deny@$(DENY_VERSION)

check: ## Format, lints, documentation; warnings are errors
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --quiet -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --document-private-items --quiet
	$(CARGO) xtask tidy

fmt: ## Format the code
	$(CARGO) fmt --all

test: ## Run all tests
	@if $(CARGO) nextest --version >/dev/null 2>&1; then $(CARGO) nextest run --workspace --profile ci --no-fail-fast; else $(CARGO) test --workspace --quiet; fi

test-store: ## Run the tests of every store; DRIFTWIRE_DYNAMODB=http://… adds an engine of DynamoDB
	$(CARGO) test --quiet --package driftwire-store --all-features

demo: ## Replay the example, then explain one of its records
	@$(CARGO) build --quiet --package driftwire
	@$${CARGO_TARGET_DIR:-target}/debug/driftwire replay $(DEMO) --trail examples/acme/trail || [ $$? -eq 2 ]
	@printf '\n'
	@$${CARGO_TARGET_DIR:-target}/debug/driftwire explain $(DEMO) examples/acme/records/open-ssh.json || [ $$? -eq 2 ]

catalog: ## Write the catalog's generated data, from pinned packages; needs pip, npm and their registries
	$(CARGO) xtask catalog

catalog-check: ## Fail if it is not what the packages give, or if requests drawn by SEED miss their resources
	$(CARGO) xtask catalog --check
	$(CARGO) xtask catalog --requests $(SEED) target/requests.jsonl
	DRIFTWIRE_REQUESTS=$(CURDIR)/target/requests.jsonl $(CARGO) test --quiet --package driftwire-tests a_request_of_the_models

generate: ## Write the generated files: schemas, what is detected
	$(CARGO) xtask generate

generated: ## Fail if a generated file is not up to date
	$(CARGO) xtask generate --check

deny: ## Licences, sources, edges between crates
	$(CARGO) deny --all-features check bans licenses sources

advisories: ## Known vulnerabilities in dependencies; needs github.com
	$(CARGO) deny --all-features check advisories

build: ## Build the command, optimized
	$(CARGO) build --release --package driftwire

bench: ## Measure the budgets; prints the figures of the README
	$(CARGO) bench --package driftwire-tests

bench-smoke: ## Run every benchmark once, to see that it runs
	$(CARGO) test --package driftwire-tests --benches --quiet

all: ## What CI runs
	.ci/run
