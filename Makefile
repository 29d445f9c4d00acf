# Two commands are enough for a newcomer: `make demo` and `make test`. Each sets up .venv once, from the lock.

PYTHON ?= python3
UV ?= uv

IN_VENV := .venv/bin/python
INSTALLED := .venv/installed
COMPILE := $(IN_VENV) -m compileall -q
PIP := $(IN_VENV) -m pip install --quiet --disable-pip-version-check --no-input

.PHONY: help demo test check lint contracts collection types lock bench clean

help:
	@echo "make demo    a believable city day: backend and terminal (ARGS='--role supervisor')"
	@echo "make test    every test (ARGS='tests/domain -k undo' for some)"
	@echo "make check   ruff, formatting, mypy --strict, import contracts, whether every test can be found"
	@echo "make bench   what is fast, measured against plain baselines"
	@echo "make lock    requirements.lock anew from pyproject.toml (needs uv)"
	@echo "make clean   remove .venv and caches"

demo: $(INSTALLED)
	@$(COMPILE) crew
	@$(IN_VENV) -m crew demo $(ARGS)

test: $(INSTALLED)
	@$(IN_VENV) -m pytest -n auto --dist worksteal $(ARGS)

# mypy takes as long as all others together, and one processor.
check: $(INSTALLED)
	@$(MAKE) --no-print-directory -j2 --output-sync types lint contracts collection

types: $(INSTALLED)
	$(IN_VENV) -m mypy

lint: $(INSTALLED)
	$(IN_VENV) -m ruff check
	$(IN_VENV) -m ruff format --check

contracts: $(INSTALLED)
	$(IN_VENV) .venv/bin/lint-imports --no-logo

# Leaves the tests' bytecode, with pytest's own words for failures in it: else each process of `make test` makes it anew.
collection: $(INSTALLED)
	@PYTHONDONTWRITEBYTECODE= $(IN_VENV) -m pytest --collect-only -qq > .venv/collected || { cat .venv/collected; exit 1; }
	@echo "Tests collected."

bench: $(INSTALLED)
	@$(COMPILE) crew benchmarks
	@$(IN_VENV) -m benchmarks $(ARGS)

# A half-made environment, or one made by another tool without pip, is made anew; a whole one is kept and brought up to date.
# Hatchling comes from the lock too, so nothing is fetched but what the lock names.
# Bytecode is compiled because the environment may forbid Python to write it, and a start without it takes three times
# as long; pip does the same for what it installs.
$(INSTALLED): requirements.lock pyproject.toml crew/__init__.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Crew needs Python 3.11 or newer; '$(PYTHON)' is older or missing. Say: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@echo "Setting up .venv, once ..."
	@test -x .venv/bin/pip || $(PYTHON) -m venv --clear .venv
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation -e .
	@$(COMPILE) crew
	@touch $(INSTALLED)

lock:
	@command -v $(UV) >/dev/null || { echo "make lock needs uv: $(PYTHON) -m pip install uv, or make UV=/path/to/uv" >&2; exit 1; }
	@{ echo "# Every dependency with its hashes, for Python 3.11 and later. \`make lock\` writes this file from pyproject.toml." ; \
		$(UV) pip compile pyproject.toml --all-extras --group build --universal --python-version 3.11 \
			--generate-hashes --no-annotate --no-header --quiet --upgrade ; } > requirements.lock.new || { rm -f requirements.lock.new; exit 1; }
	@mv requirements.lock.new requirements.lock

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find crew tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
