# Thin wraps of what a package user has; nothing in the package needs make.
# Works with Python 3.11 or later and make alone; offline once the packages are installed.

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
# How many tests run at once.
WORKERS ?= 2

.PHONY: help setup demo test soak lint format bench docs requirements clean

help:
	@echo "make setup          environment in $(VENV), from requirements/dev.txt"
	@echo "make demo           an invented system of 50,000 people, from extracts to report"
	@echo "make test           the main test suite"
	@echo "make soak           faults, histories and clusters at length: an hour or more"
	@echo "make lint           formatting, types, layers, spelling"
	@echo "make bench          every figure beside its peer's"
	@echo "make docs           write the generated reference pages again"
	@echo "make requirements   compile requirements/*.txt again from pyproject.toml (needs uv)"

setup: $(READY)

# The stamp is younger than what it was made from, so a second time there is nothing to do.
$(READY): requirements/dev.txt pyproject.toml scripts/find-python
	python=$$(sh scripts/find-python) && "$$python" -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: setup
	$(BIN)/joinedup demo

test: setup
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup -m "not long and not soak"

soak: setup
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup -m soak

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup
	$(BIN)/python -m benchmarks

docs: setup
	$(BIN)/python scripts/write_reference.py

# Universal: one file for Linux, macOS and Windows, each wheel by its hash, no index address.
COMPILE := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make requirements" --quiet
requirements:
	$(COMPILE) --output-file requirements/run.txt
	$(COMPILE) --group pyproject.toml:dev --constraints requirements/run.txt \
		--output-file requirements/dev.txt

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
