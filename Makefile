# `make demo` and `make test` do all their own set-up from a clean clone: git, make and Python >= 3.11 are enough.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
PYTHON ?= python3
BIN := .venv/bin
ARGS ?=
# one more than cores: many tests wait for browsers, sockets and other processes
WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)

# the tests start hundreds of processes, which all import the same: what Python compiled is kept, whatever the machine says
export PYTHONDONTWRITEBYTECODE =

.PHONY: help setup setup-dev page demo test test-all browser check format bench fuzz lock wheel wheelhouse clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

setup:  ## .venv with everything a node needs
	@$(PYTHON) tools/setup.py run

setup-dev:
	@$(PYTHON) tools/setup.py run dev

page: setup  ## build the map page (needs no Node.js of yours)
	@$(PYTHON) tools/build_page.py

demo: page  ## a simulated strait and the map: make demo ARGS="--for 60 --summary --no-browser"
	@$(BIN)/mihari demo $(ARGS)

test: setup-dev page  ## all quick tests, with real peers where they are installed
	@$(PYTHON) tools/debian.py
	@$(BIN)/mihari warm --quiet
	$(BIN)/python -m pytest -m "not slow" -n $(WORKERS) --dist loadfile --no-loadscope-reorder

test-all: setup-dev page  ## the slow ones too
	@$(PYTHON) tools/debian.py
	$(BIN)/python -m pytest --timeout 1200

check: setup-dev  ## lint, format, types, import rules, doctests
	@$(BIN)/mihari warm --quiet & warm=$$!; trap "kill $$warm 2>/dev/null || true" EXIT; \
	$(BIN)/ruff check .; \
	$(BIN)/ruff format --check .; \
	$(BIN)/mypy; \
	$(BIN)/lint-imports --no-logo | tail -n 3; \
	wait $$warm; \
	$(BIN)/python -m pytest -q --doctest-modules src/mihari -n auto -p no:cacheprovider

format:  ## put the code in its form
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

bench: setup-dev page  ## every table of bars, beside its peers
	@for name in ais archive asterix behaviours face formats library mesh patrol patrol_routes patrol_crossings simulate tracking; do $(BIN)/python -m benchmarks.$$name || failed=1; done; exit $${failed:-0}

fuzz: setup-dev  ## random bytes at every door, longer than in `make test`
	MIHARI_FUZZ=1000000 $(BIN)/python -m pytest -n auto -m "not slow" -k "garbage or random or truncat or hostile" --hypothesis-seed=random --timeout 7200

lock: setup-dev  ## remake the locked lists of requirements/
	$(BIN)/python tools/lock.py

wheel: setup-dev page  ## dist/*.whl with the built page inside
	$(BIN)/python -m hatchling build -t wheel

wheelhouse: setup-dev page  ## dist/wheelhouse: all wheels and install.sh, for machines without a network
	@$(BIN)/python tools/wheelhouse.py

clean:  ## remove what was built (keeps .venv)
	rm -rf build dist artefacts src/mihari/face/page web/node_modules .mypy_cache .ruff_cache .pytest_cache
