# Everything runs in .venv, which is made when it is missing and renewed when the two files that
# describe it change; otherwise nothing here needs a network. Arguments go in ARGS, for example
# make run ARGS="rank --sort net_yield"

PYTHON ?= $(shell for each in python3 python3.13 python3.12 python3.11; do \
	$$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$each && break; done)
BIN := .venv/bin
PYTEST := $(BIN)/pytest -q -n auto --dist worksteal
READY := .venv/ready
FRONTIER = $(BIN)/etfcompare frontier --catalogue products.yaml --as-of 2026-11-22 --where country:us --svg

.PHONY: run test check fix docs bench clean help

run: $(READY)  ## open the terminal interface, or run the command in ARGS
	@$(BIN)/etfcompare $(ARGS)

test: $(READY)  ## run the tests; all of them, with coverage, unless ARGS chooses some
	@$(PYTEST) $(if $(ARGS),,--cov) $(ARGS)

check: $(READY)  ## check format, lint, types, import contracts and generated docs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/etfcompare figures --markdown | diff docs/figures.md -
	$(BIN)/etfcompare schema | diff etfcompare.schema.json -
	$(FRONTIER) 2>/dev/null | diff docs/frontier.svg -

fix: $(READY)  ## format, and mend what the linter can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(READY)  ## write the files that are generated from the code
	$(BIN)/etfcompare figures --markdown > docs/figures.md
	$(BIN)/etfcompare schema > etfcompare.schema.json
	$(FRONTIER) > docs/frontier.svg

bench: $(READY)  ## measure; the results are ratios and no test depends on them
	$(BIN)/python benchmarks/run.py $(ARGS)

clean:  ## remove everything that was made here, .venv included
	rm -rf .venv .coverage* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache build dist htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 8

# The build backend comes first, pinned like the rest, so that a renewal which needs nothing new
# needs no network either.
PIP_INSTALL = $(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt

$(READY): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "etfcompare needs Python 3.11 or later as python3" >&2; exit 1; }
	@test -x $(BIN)/pip || { echo "Setting up .venv, once ..."; $(PYTHON) -m venv .venv; }
	@$(PIP_INSTALL) hatchling
	@$(PIP_INSTALL) --no-build-isolation -e '.[dev]'
	@touch $@
