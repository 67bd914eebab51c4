# Everything that a newcomer or a change needs. Works from a bare clone, as root or not, and touches
# nothing outside it, but for Chromium, which `make test` installs with apt when it may.

PYTHON ?= python3
STUDENTS ?= 1200
PORT ?= 8000
WORKERS ?= 2
ARGS ?=
MESSAGE ?=

VENV := .venv
RUN := $(VENV)/bin/python -m
# What marks a sentence for translation: gettext's own names, and the errors that people see, those of
# app/errors.py and those of catalog/errors.py.
TRANSLATED := -k lazy_gettext -k NotFound -k Forbidden -k NotSignedIn -k Conflict -k Invalid -k TooLarge -k LinkExpired \
	-k NotListedError -k EligibilityFactsError -k CatalogValueError -k MissingFileError -k NotACatalogError \
	-k UnclearSheetError -k BrokenFileError -k UnsafeFileError -k TooLargeError -k WrongEncodingError \
	-k MostGoneError -k ImportBusyError -k ExportFormatError -k ExportPlaceError
.DEFAULT_GOAL := help
.PHONY: help run test check bench format lock migration translations clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/ready-to-run ## Serve the demo district: STUDENTS=1200 PORT=8000 DATABASE_URL=
	@DEMO=1 BASE_URL=http://127.0.0.1:$(PORT) exec $(RUN) flask --app wsgi demo --students $(STUDENTS) --port $(PORT)

test: $(VENV)/ready-to-develop ## Every test: ARGS="-k referral", WORKERS=2
	@sh tests/install_browser.sh $(VENV)
	@$(RUN) pytest -n $(WORKERS) --dist loadgroup --ignore=tests/benchmarks $(ARGS)

check: $(VENV)/ready-to-develop ## Format, lint, types, import contracts, lock files
	@failed=0; step() { echo "== $$*"; "$$@" || failed=1; }; \
	step $(RUN) ruff format --check --quiet .; \
	step $(RUN) ruff check --quiet .; \
	step $(RUN) mypy; \
	step $(VENV)/bin/lint-imports --no-cache; \
	step $(VENV)/bin/python .ci/lock.py --check; \
	if [ $$failed = 0 ]; then echo "== every check passed"; else echo "!! see above"; fi; exit $$failed

bench: $(VENV)/ready-to-develop ## Measure speed, for a minute: SIZES=500000; more: ARGS="-m minutes"
	@exec $(RUN) pytest -p no:xdist -s tests/benchmarks $(if $(ARGS),$(ARGS),-m "not minutes")

format: $(VENV)/ready-to-develop ## Put the code into shape
	@$(RUN) ruff check --fix --quiet . ; $(RUN) ruff format .

lock: $(VENV)/ready-to-develop ## Write both lock files anew from pyproject.toml; ARGS=--upgrade for newer versions
	@$(VENV)/bin/python .ci/lock.py $(ARGS)

migration: $(VENV)/ready-to-develop ## Write a migration for changed models: MESSAGE="add a table"
	@test -n "$(MESSAGE)" || { echo 'Say what changes: make migration MESSAGE="add a table"' >&2; exit 1; }
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	export INSTANCE_DIR="$$folder" DATABASE_URL="sqlite:///$$folder/empty.db" && \
	$(RUN) flask --app app db upgrade && \
	$(RUN) flask --app app db revision "$(MESSAGE)"
	@$(RUN) ruff format --quiet app/migrations; $(RUN) ruff check --fix --quiet app/migrations

translations: $(VENV)/ready-to-develop ## Bring app/translations up to date with what pages say, and compile
	@pot=$$(mktemp) && trap 'rm -f "$$pot"' EXIT && \
	$(VENV)/bin/pybabel -q extract -F app/translations/babel.cfg $(TRANSLATED) --omit-header -o "$$pot" app catalog && \
	$(VENV)/bin/pybabel -q update --no-fuzzy-matching --ignore-obsolete -i "$$pot" -d app/translations && \
	$(VENV)/bin/pybabel -q compile -d app/translations

clean: ## Remove the environment and every cache; instance/ and its data stay
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis dist build test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps hold what the environment was made from, so they are compared with it, not by their age.
.PHONY: $(VENV)/ready-to-run $(VENV)/ready-to-develop
$(VENV)/ready-to-run:
	@PYTHON="$(PYTHON)" sh .ci/environment.sh $(VENV) requirements.lock
$(VENV)/ready-to-develop:
	@PYTHON="$(PYTHON)" sh .ci/environment.sh $(VENV) requirements-dev.lock
