# The project's few commands. Everything runs in .venv, which is created on the first use.
# Words for the command itself go into ARGS: make demo ARGS="--fresh --port 8010"

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
RUNTIME := .venv/.runtime-installed
DEV := .venv/.dev-installed
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
SIMULATOR := packages/amazon-simulator
SIMULATOR_PAGES := $(SIMULATOR)/src/amazon_simulator/templates
PAGES := src/wharfinger/web/templates
ARGS ?=
unexport PYTHONDONTWRITEBYTECODE  # where it is set every process compiles every module anew: 6 s of CPU each

.PHONY: help demo demo-once test soak chaos wheel wheel-test release check format lock messages pictures contract clean

help:
	@echo "make demo        a whole demo system with a pretend Amazon, until Ctrl-C"
	@echo "make demo-once   the whole job once, without a browser, compared with the pretend Amazon's books"
	@echo "make test        every test"
	@echo "make soak        seeded worlds of trade, faults and kills against Amazon's own books: ARGS=\"--seeds 10000\""
	@echo "make chaos       real processes killed, starved and cut off from Amazon, the books compared: ARGS=\"--rounds 50\""
	@echo "make wheel       both distributions as wheels, in dist/"
	@echo "make wheel-test  both wheels in a fresh environment, and the main job run from there"
	@echo "make release     wheels, SBOM, checksums, signature (docs/releasing.md): RELEASE_KEY_FILE=../release.key"
	@echo "make check       ruff, djlint, mypy, the rooms' contracts"
	@echo "make format      ruff's format and its safe fixes, djlint's layout of templates"
	@echo "make lock        requirements/*.txt anew from requirements/*.in"
	@echo "make messages    the catalogues of the pages' sentences anew, after a sentence changed"
	@echo "make pictures    the pictures of docs anew, by walking the pages in Chromium"
	@echo "make contract    tests/contract anew, from Amazon's published models: MODELS=folder [COMMIT=34dc93fe]"
	@echo "make clean       take .venv and caches away"

demo: $(RUNTIME)
	@exec $(BIN)/wharfinger demo $(ARGS)

demo-once: $(RUNTIME)
	@exec $(BIN)/wharfinger demo-once $(ARGS)

# Browser tests in a run of their own: a driven browser keeps an event loop, which other tests must not stand in.
# 5 = no test of that kind among those named by ARGS.
test: $(DEV)
	$(BIN)/pytest -n auto --dist worksteal -m "not browser" $(ARGS) || test $$? = 5
	$(BIN)/pytest -n 2 --dist loadfile -m browser $(ARGS) || test $$? = 5

soak: $(DEV)
	@$(BIN)/python -m tests.soak $(ARGS)

chaos: $(DEV)
	@$(BIN)/python -m tests.chaos $(ARGS)

wheel: $(DEV)
	@$(BIN)/python -m tests.wheel.build dist

wheel-test: $(DEV)
	@$(BIN)/python -m tests.wheel

release: $(DEV)
	@$(BIN)/python -m tests.releasing dist $(if $(RELEASE_KEY_FILE),--key "$(RELEASE_KEY_FILE)")

check: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --check --quiet $(PAGES) || { echo "make format lays templates out"; exit 1; }
	$(BIN)/djlint --check --quiet --profile jinja $(SIMULATOR_PAGES) || { echo "make format lays templates out"; exit 1; }
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest tests/architecture $(ARGS)

format: $(DEV)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djlint --reformat --quiet $(PAGES)
	$(BIN)/djlint --reformat --quiet --profile jinja $(SIMULATOR_PAGES)

lock: $(DEV)
	$(PIP) install uv
	cd requirements && for set in runtime dev; do \
		../$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
			--no-header --no-emit-index-url $$set.in ../$(SIMULATOR)/requirements.in -o $$set.txt || exit 1; \
	done

messages: $(DEV)
	PYTHONPATH=src $(BIN)/python -m tests.catalogue.make

pictures: $(DEV)
	GUIDE_PICTURES=docs/guide SHOP_PICTURES=docs/pictures $(BIN)/pytest -n0 tests/browser/test_guide.py \
		tests/browser/test_running_shop.py

contract: $(DEV)
	@test -n "$(MODELS)" || { echo "Say where Amazon's models are: make contract MODELS=folder"; exit 1; }
	$(BIN)/python -m tests.contract.make "$(MODELS)" $(if $(COMMIT),--commit "$(COMMIT)")

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist src/*.egg-info
	rm -rf $(SIMULATOR)/build $(SIMULATOR)/dist $(SIMULATOR)/src/*.egg-info

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: install it, or say make PYTHON=/path/to/python3."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$(PYTHON) is older than Python 3.11: say make PYTHON=/path/to/a/newer/python3."; exit 1; }
	$(PYTHON) -m venv .venv

# Both distributions, editable. The simulator is on no index: without --no-deps somebody else's could come under its name.
# It comes second: where an older .venv had both in one, the product's replacement takes the command amazon-simulator away.
define INSTALL_BOTH
$(PIP) install --no-deps -e .
$(PIP) install --no-deps -e $(SIMULATOR)
endef

SETUP := pyproject.toml requirements/runtime.txt requirements/simulator.in $(SIMULATOR)/pyproject.toml

# The development set holds the runtime set, so either will do for the demo.
$(RUNTIME): $(SETUP) | $(BIN)/python
	@echo "Installing what it runs on into .venv (once) …"
	$(PIP) install --require-hashes -r requirements/runtime.txt
	$(INSTALL_BOTH)
	@touch $@

$(DEV): requirements/dev.txt $(SETUP) | $(BIN)/python
	@echo "Installing what it is built with into .venv (once) …"
	$(PIP) install --require-hashes -r requirements/dev.txt
	$(INSTALL_BOTH)
	@touch $(RUNTIME) $@
