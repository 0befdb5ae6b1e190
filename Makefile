# `make run` opens the page, `make test` runs every test, `make quick` the quick ones; each sets
# everything up in .venv first.
PYTHON ?= python3
BIN := .venv/bin
export GRADIO_ANALYTICS_ENABLED := False
export HF_HUB_DISABLE_TELEMETRY := 1

.PHONY: run setup test quick lint format browser

run: .venv/run
	$(BIN)/python app.py

setup: .venv/run

test: .venv/test browser
	$(BIN)/python -m pytest

quick: .venv/test
	$(BIN)/python -m pytest -m "not slow and not page"

lint: .venv/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: .venv/test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

browser: .venv/test
	$(BIN)/python tests/support/find_browser.py

.venv/run: requirements.txt constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "BenchScribe needs Python 3.11 or newer, this is " + sys.version.split()[0] + "; name another with make PYTHON=python3.12 …")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt -c constraints.txt
	touch $@

.venv/test: .venv/run tests/requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r tests/requirements.txt -c constraints.txt
	touch $@
