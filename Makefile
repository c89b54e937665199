# Needs Python 3.11 or newer with venv, and make; everything else is set up in .venv.
# `make help` lists the targets.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check

# A stamp is named by what was installed, so neither file times nor a moved folder deceive it, and
# it is written last, so an interrupted set-up is done again.
digest = $(shell (pwd; cat $(1)) | cksum | tr ' ' '-')
RUNTIME := $(VENV)/runtime-$(call digest,requirements.lock)
PACKAGE := $(VENV)/package-$(call digest,requirements.lock pyproject.toml)
TESTING := $(VENV)/testing-$(call digest,requirements.lock requirements-test.lock)
BROWSER := $(VENV)/browser

# Processes that share out the tests but those marked `alone`. Two for each of two cores: half of
# the time of a process goes into waiting.
WORKERS := 4

# Nobody's own settings of uv reach the locks.
COMPILE = $(BIN)/uv --no-config pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-annotate --custom-compile-command 'make lock' $(FLAGS) pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help setup run test test-operations pictures check build wheel matrix lock settings messages clean runtime testing browser
.NOTPARALLEL:
.SUFFIXES:

help: ## this list
	@grep -hE '^[a-z-]+:.*##' Makefile | sed -E 's/^([a-z-]+):[^#]*## /  make \1	/'

setup: testing browser ## only the set-up, test tools and browser included

run: runtime ## set up what is missing, migrate, build, serve on port 3000 (PORT= overrides)
	@$(BIN)/integrations build --if-changed
	@exec $(BIN)/integrations serve

test: setup build check ## set up what is missing, then every test, lint and type check included
	@failed=0; \
	$(BIN)/pytest -m 'not alone' $(if $(filter-out 1,$(WORKERS)),-n $(WORKERS)) || failed=$$?; \
	$(BIN)/pytest -m alone $$(grep -rl --include='test_*.py' 'mark\.alone' tests) || failed=$$?; \
	exit $$failed

test-operations: setup build ## tests of real installations, and with Debian's PostgreSQL, PgBouncer and nginx; as root it adds them
	@$(BIN)/pytest tests/operations

pictures: setup build ## pictures of every page and state, wide and phone, light and dark, into pictures/
	@$(BIN)/pytest -q tests/e2e/taking_pictures.py

check: testing ## lint, layers, declared dependencies and types only
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@$(BIN)/deptry integrations_app alembic
	@$(BIN)/basedpyright

build: runtime ## the production frontend, if its sources changed
	@$(BIN)/integrations build --if-changed

wheel: build ## the package with its pages, into dist/: what is installed serves from any folder
	@$(BIN)/python -m hatchling build -t wheel -d dist

matrix: testing ## the library's tests with the oldest and with the newest of what it depends on
	@$(BIN)/python -m tests.matrix

lock: testing ## pin again what pyproject.toml asks for (FLAGS=--upgrade: the newest of it)
	@$(COMPILE) --all-extras --group build -o requirements.lock
	@$(COMPILE) --extra web -c requirements.lock -o requirements-web.lock
	@$(COMPILE) --all-extras --group test -c requirements.lock -o requirements-test.lock
	@if grep -n '://' requirements*.lock; then \
		echo 'A lock names an address.' >&2; exit 1; fi

settings: testing ## write the table of variables into docs/operating.md
	@$(BIN)/python -m tests.settings.table

messages: testing ## collect the texts that people read, for translators
	@mkdir -p integrations_app/locale
	@$(BIN)/pybabel --quiet extract -F pyproject.toml --no-default-keywords -k _ -k t -k sentence -k ngettext:1,2 \
		--omit-header --sort-by-file -o integrations_app/locale/messages.pot integrations_app

clean: ## remove what the other targets made; the data in .data/ stays
	@rm -rf $(VENV) .web .states .pytest_cache .ruff_cache .import_linter_cache

# A venv whose Python has gone away is made again, too.
runtime:
	@$(BIN)/python -c '' 2>/dev/null && test -e $(RUNTIME) || $(MAKE) --no-print-directory -B $(RUNTIME)
	@test -e $(PACKAGE) || $(MAKE) --no-print-directory $(PACKAGE)

testing: runtime
	@test -e $(TESTING) || $(MAKE) --no-print-directory $(TESTING)

browser: testing
	@test -e $(BROWSER) || $(MAKE) --no-print-directory $(BROWSER)

$(RUNTIME):
	@for name in python3.13 python3.12 python3.11 python3; do \
		if $$name -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
		then python=$$name; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
		echo 'Python 3.11 or newer with venv is needed (on Debian: apt install python3-venv).' >&2; \
		exit 1; \
	fi; \
	echo "Setting up $(VENV) with $$python …" >&2; \
	$$python -m venv --clear $(VENV)
	@$(PIP) install --no-deps --require-hashes -r requirements.lock
	@touch $@

# Without build isolation pip would fetch the build backend once more, past the lock.
$(PACKAGE):
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(TESTING):
	@echo 'Adding the test tools …' >&2
	@$(PIP) install --no-deps --require-hashes -r requirements-test.lock
	@touch $@

# The shell is the part of Chromium that draws no windows: it costs a fifth of the processor time.
$(BROWSER):
	@! command -v chromium-headless-shell >/dev/null || exit 0; \
	echo 'Adding a browser for the tests …' >&2; \
	$(BIN)/playwright install --only-shell chromium && exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && apt-get install -qq -y chromium-headless-shell && exit 0; \
	fi; \
	for name in chromium chromium-browser google-chrome google-chrome-stable; do \
		command -v $$name >/dev/null && exit 0; \
	done; \
	echo 'The tests need Chromium; install it and run make again.' >&2; exit 1
	@touch $@
