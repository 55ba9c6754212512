# `make help` lists the targets. Everything lives in .venv, .cache and demo.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

BIN := .venv/bin
DEMO := demo
# --persons and --days of the demonstration stream.
PERSONS := 2000
DAYS := 60

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | \
	    awk -F ':.*## ' '{ printf "  make %-12s %s\n", $$1, $$2 }'

.PHONY: demo
demo: .venv/demo.stamp $(DEMO)/data.stamp ## a simulated stream, watched live, ending in a table of alerts
	@echo "== Watching the stream"
	@$(BIN)/fundwatch run $(DEMO)/data/events.ndjson --reference $(DEMO)/data/reference \
	    --data $(DEMO)/ledger --once
	@echo "== The alerts"
	@$(BIN)/fundwatch alerts --data $(DEMO)/ledger
	@echo "== 监管工作台 The supervisors' desk: http://127.0.0.1:8350/ once you start it with"
	@echo "$(BIN)/fundwatch run --data $(DEMO)/ledger --reference $(DEMO)/data/reference"
	@echo "(首次启动会打印管理员的一次性链接 the first start prints the administrator's link, which works once)"

$(DEMO)/data.stamp: | .venv/demo.stamp
	@echo "== Simulating $(PERSONS) persons for $(DAYS) days"
	@$(BIN)/fundwatch simulate --out $(DEMO)/data --seed 7 --persons $(PERSONS) --days $(DAYS)
	@touch $@

.PHONY: test
test: .venv/test.stamp ## format, lint and type checks, then every test, with real services
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	@tools/components.sh
	$(BIN)/python -m pytest

.PHONY: test-unit
test-unit: .venv/test.stamp ## the tests that need no services
	$(BIN)/python -m pytest -m "not integration"

.PHONY: components
components: .venv/test.stamp ## bring Kafka, PostgreSQL, Prometheus and Chromium for the tests
	@tools/components.sh

.PHONY: fmt
fmt: .venv/test.stamp ## format the code and mend what the linter can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: lint
lint: .venv/test.stamp ## check format and lint
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

.PHONY: type
type: .venv/test.stamp ## check the types
	$(BIN)/mypy

.PHONY: dashboards
dashboards: .venv/test.stamp ## make Grafana's boards and Prometheus' rules anew from their code
	$(BIN)/python -m dashboards

.PHONY: bench
bench: .venv/test.stamp ## measure: decoding, the pure pipeline, Faust on a real Kafka, memory
	@tools/components.sh kafka
	$(BIN)/python -m benchmarks

.PHONY: screenshots
screenshots: .venv/test.stamp ## pictures of the desk for the documents, from a simulated stream
	@tools/components.sh chromium
	$(BIN)/python -m tools.screenshots

.PHONY: evaluate
evaluate: .venv/test.stamp ## measure detectors and triage forward in time, into docs/evaluation.md
	$(BIN)/python -m benchmarks.evaluation

.PHONY: cards
cards: .venv/test.stamp ## the published card process: AUC, average precision, card precision at 100
	$(BIN)/python -m benchmarks.cards

.PHONY: clean
clean: ## remove the environment, the caches and the demonstration
	rm -rf .venv .cache $(DEMO) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

# The environment: for the demonstration only what fundwatch needs to run, for the rest also what
# the tests need. A package list that changed is installed over what is there.

.venv/bin/python:
	@echo "== Making the environment in .venv"
	@python=$$(PYTHON="$(PYTHON)" tools/python.sh) && $$python -m venv .venv

.venv/demo.stamp: pyproject.toml | .venv/bin/python
	@echo "== Installing fundwatch and what it runs on (a minute or two the first time)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --retries 5 -e .
	@touch $@

.venv/test.stamp: pyproject.toml | .venv/bin/python
	@echo "== Installing fundwatch with what its tests need (a few minutes the first time)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --retries 5 -e '.[test]'
	@touch .venv/demo.stamp $@
