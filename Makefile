# `make help` lists the targets. Nothing but Python 3.11 (or newer) has to be there: `make run`, `make test`.

SHELL := /bin/sh
.DEFAULT_GOAL := help
# The first that works and is new enough.
SYSTEM_PYTHON := $(shell for name in python3.11 python3 python; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && command -v $$name && break; done)
PYTHON := .venv/bin/python
APPS := core uploads downloads people standards programmes dashboards wbl_portal
CODE := $(APPS) tests tools deploy manage.py
# For the checks that load the settings but need no server.
SETTINGS := WBL_PROFILE=test SECRET_KEY=only-for-checks DATABASE_URL=sqlite://:memory: \
            REDIS_URL=redis://127.0.0.1:6379/0 SITE_URL=http://testserver
PYTEST_ARGS ?=
# A file of tests stays in one process; the browser tests and the coverage of `make test` want one for all.
PARALLEL := -n 2 --dist loadfile
unexport DJANGO_SETTINGS_MODULE

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: python
python:
	@test -n "$(SYSTEM_PYTHON)" || { \
	  echo "Python 3.11 or newer is needed and was not found: install python3.11 (or put it on the PATH)." >&2; \
	  exit 1; }

.PHONY: setup
setup: python ## make .venv and install what the portal needs; seconds when it is there
	@"$(SYSTEM_PYTHON)" -m tools.setup --env

.PHONY: setup-dev
setup-dev: python ## the same with what the tests and checks need
	@"$(SYSTEM_PYTHON)" -m tools.setup --dev

.PHONY: run
run: setup ## run the portal with demo data at http://127.0.0.1:8000 (PORT= changes it); Ctrl-C stops it
	@exec $(PYTHON) -m tools.run

.PHONY: test
test: setup-dev ## all tests, browser tests included, on PostgreSQL and Redis
	$(PYTHON) -m coverage run -m pytest $(PYTEST_ARGS)

.PHONY: test-fast
test-fast: setup-dev ## the tests without browser and slow ones
	$(PYTHON) -m pytest $(PARALLEL) -m "not browser and not slow" $(PYTEST_ARGS)

.PHONY: test-sqlite
test-sqlite: setup-dev ## the fast tests on SQLite, the database of `make run`
	WBL_TEST_DB=sqlite $(PYTHON) -m pytest $(PARALLEL) -m "not browser and not slow" $(PYTEST_ARGS)

.PHONY: check
check: setup-dev ## everything that CI runs: the tests and all checks below
	@exec $(PYTHON) -m tools.check

.PHONY: lint
lint: setup-dev ## ruff on the code, djlint on the templates
	$(PYTHON) -m ruff check $(CODE)
	$(PYTHON) -m ruff format --check $(CODE)
	$(PYTHON) -m djlint --lint --quiet templates

.PHONY: types
types: setup-dev ## mypy
	$(SETTINGS) $(PYTHON) -m mypy

.PHONY: contracts
contracts: setup-dev ## import contracts: apps, and modules inside an app, import downwards
	$(PYTHON) -c "from importlinter.cli import lint_imports_command as run; run()" --no-logo

.PHONY: translations
translations: setup-dev ## check that es and pl are complete
	$(PYTHON) -m tools.messages check

.PHONY: migrations
migrations: setup-dev ## check that no migration is missing
	$(SETTINGS) $(PYTHON) manage.py makemigrations --check --dry-run

.PHONY: coverage
coverage: ## check the branch coverage of the last `make test`
	$(PYTHON) -m coverage report

.PHONY: bench
bench: setup-dev ## measure the pages at 50, 500 and 5,000 learners (LEARNERS=50 ROUNDS=1: less); about 10 minutes
	@exec $(PYTHON) -m tools.bench $(if $(LEARNERS),--learners=$(LEARNERS)) $(if $(ROUNDS),--rounds=$(ROUNDS))

.PHONY: faults
faults: setup-dev ## kill web workers and databases while people send entries; nothing may be lost or doubled
	@exec $(PYTHON) -m tools.faults $(if $(KILLS),--kills=$(KILLS)) $(if $(ON),--on=$(ON))

.PHONY: messages
messages: setup-dev ## extract the messages into locale/*/LC_MESSAGES/django.po
	$(PYTHON) -m tools.messages update

.PHONY: format
format: setup-dev ## format the code and mend what ruff can mend
	$(PYTHON) -m ruff check --fix $(CODE)
	$(PYTHON) -m ruff format $(CODE)

.PHONY: lock
lock: setup-dev ## write requirements*.txt anew from requirements*.in (UPGRADE=1: to the newest that fit)
	@exec $(PYTHON) -m tools.lock $(if $(UPGRADE),--upgrade)

.PHONY: clean
clean: ## remove caches and reports; .venv and the data in var/ stay
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage .coverage.* htmlcov \
	       test-results staticfiles static/vendor
	find $(APPS) tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
