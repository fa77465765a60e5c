# Every command a person needs. `make run` starts the portal, `make test` tests it; both set up what they need.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
export PYTHONPATH := $(CURDIR)

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev lock run test lint audit format chaos bench check messages docs tour clean

help:
	@echo "make run     the portal, a worker with its clock, and a local Braze, with demo data"
	@echo "make test    all tests (DATABASE_URL and REDIS_URL choose the column)"
	@echo "make lint    format, lint, types, imports, migrations"
	@echo "make audit   known weaknesses of the packages"
	@echo "make chaos   real workers, really killed: every fault, then 200 random schedules"
	@echo "make bench   benchmarks beside their bare limits"
	@echo "make check   everything that CI does"

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "SmarterSends needs Python 3.11 or newer; set PYTHON=/path/to/python3.")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.portal: requirements/portal.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/portal.txt
	@touch $@

$(VENV)/.dev: requirements/dev.txt | $(VENV)/.portal
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

# The catalogues are compiled by Babel, so that no gettext tools are needed on the machine.
locale/.compiled: $(wildcard locale/*/LC_MESSAGES/*.po) | $(VENV)/.portal
	@for po in $^; do $(BIN)/pybabel --quiet compile --use-fuzzy --input-file $$po --output-file $${po%.po}.mo || exit 1; done
	@mkdir -p locale && touch $@

setup: $(VENV)/.portal locale/.compiled

setup-dev: setup $(VENV)/.dev

# Locks carry versions and hashes and name no host; `uv` resolves them for every platform at once.
lock: $(VENV)/.dev
	$(BIN)/uv pip compile --quiet pyproject.toml --universal --generate-hashes --no-emit-index-url --no-annotate --extra postgres --extra saml --extra sentry --custom-compile-command "make lock" -o requirements/portal.txt
	$(BIN)/uv pip compile --quiet pyproject.toml --universal --generate-hashes --no-emit-index-url --no-annotate --extra postgres --extra saml --extra sentry --group dev --custom-compile-command "make lock" -o requirements/dev.txt

run: setup
	@exec $(BIN)/python -m smartersends.run

test: setup-dev
	$(BIN)/python -m pytest $(ARGS)

lint: setup-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/djade --check $$(git ls-files 'templates/*.html')
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run

# Known weaknesses of what is installed; says so where the service cannot be asked.
audit: setup-dev
	$(BIN)/python -m tests.audit

format: setup-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/djade $$(git ls-files 'templates/*.html')

# Every named fault, then seeded random schedules of them; a seed that fails is printed and can be played again.
chaos: setup-dev
	$(BIN)/python -m pytest tests/chaos $(ARGS)
	$(BIN)/python -m tests.chaos --schedules 200

bench: setup-dev
	$(BIN)/python -m bench client --json
	$(BIN)/python -m bench render --json
	$(BIN)/python -m bench preview --json
	$(BIN)/python -m bench delivery --json
	$(BIN)/python -m bench pages --json
	$(BIN)/python -m bench import --json

messages: setup-dev
	$(BIN)/python manage.py makemessages --all --no-wrap --ignore .venv --ignore node_modules --ignore tests

check: lint test

# The tables of docs/braze.md (calls, faults, rules) and of docs/templates.md (types, marks, checks, catalogue rows).
docs: setup-dev
	$(BIN)/python -m tests.contract
	$(BIN)/python -m tests.catalogue

# The pictures of docs/tour.md, taken anew in a real browser.
tour: setup-dev
	$(BIN)/python -m tests.journeys.tour

clean:
	rm -rf $(VENV) locale/.compiled staticfiles .pytest_cache .mypy_cache .ruff_cache
