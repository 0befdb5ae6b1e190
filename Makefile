# `make run` opens the page, `make test` runs the tests, `make test-long` the longest ones,
# `make quick` the quick ones; each sets everything up in .venv first.
PYTHON ?= python3
BIN := .venv/bin
WORKERS := -n auto --maxprocesses 4 --no-loadscope-reorder
export GRADIO_ANALYTICS_ENABLED := False
export HF_HUB_DISABLE_TELEMETRY := 1

.PHONY: run setup test test-long test-older-processor quick lint format browser

run: .venv/run
	$(BIN)/python app.py

setup: .venv/run

test: .venv/test browser
	$(BIN)/python -m pytest $(WORKERS) -m "not long"

# Models of the paper’s size, long trainings, renders that are killed, a set drawn to be measured.
test-long: .venv/test
	$(BIN)/python -m pytest $(WORKERS) -m long

quick: .venv/test
	$(BIN)/python -m pytest $(WORKERS) -m "not slow and not page"

# As on a processor without AVX512 and without bfloat16: the finished examples and the zoo.
test-older-processor: .venv/test
	ATEN_CPU_CAPABILITY=avx2 ONEDNN_MAX_CPU_ISA=AVX2 BENCHSCRIBE_BFLOAT16=0 \
	  $(BIN)/python -m pytest $(WORKERS) tests/unit/test_examples.py tests/unit/zoo

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
