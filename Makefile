# Two commands are all a newcomer needs: `make up` and `make test`.
# The others are for those who work on Tritone; `make help` lists them.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help up test bench bench-quick lint format protos lock weights clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-11s %s\n", $$1, $$2}'

up: $(VENV)/.runtime  ## install, fetch, start everything, hold one spoken turn, serve until Ctrl-C
	@exec $(BIN)/tritone up --demo

test: $(VENV)/.dev  ## check types, style and import rules, then run every test
	@$(BIN)/tritone models fetch
	@$(MAKE) --no-print-directory lint
	$(BIN)/pytest

bench: $(VENV)/.bench  ## measure against goals, the engines' floor and others (20 minutes)
	@$(BIN)/tritone models fetch
	@exec $(BIN)/python -m perf.bench

bench-quick: $(VENV)/.bench  ## the same in 3 minutes: fewer rounds, without Ray Serve
	@$(BIN)/tritone models fetch
	@exec $(BIN)/python -m perf.bench --quick

lint: $(VENV)/.dev  ## types, style, import rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	@# Triton wants every version folder to have a model.py, so they are checked one by one.
	@for model in */*/[0-9]*/model.py; do $(BIN)/mypy --no-error-summary $$model || exit 1; done
	$(BIN)/lint-imports

format: $(VENV)/.dev  ## write the code in the one style
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

protos: $(VENV)/.dev  ## write tritone/protos from proto/
	@# The virtual path makes the stubs import each other from where they lie.
	$(BIN)/python -m grpc_tools.protoc -Itritone/protos=proto --python_out=. --pyi_out=. \
		--grpc_python_out=. tritone/protos/ai/v1/ai.proto tritone/protos/ha/v1/ha.proto

lock: $(VENV)/.uv  ## pin every dependency again, with hashes and without addresses
	$(BIN)/uv pip compile -q --group uv $(LOCK_FLAGS) -o locks/uv.lock
	$(BIN)/uv pip compile -q pyproject.toml --all-extras --group build $(LOCK_FLAGS) -o locks/runtime.lock
	$(BIN)/uv pip compile -q pyproject.toml --all-extras --group build --group dev -c locks/runtime.lock $(LOCK_FLAGS) -o locks/dev.lock
	$(BIN)/uv pip compile -q --group bench -c locks/dev.lock $(LOCK_FLAGS) -o locks/bench.lock
	$(BIN)/uv pip compile -q --group peers -c locks/runtime.lock $(LOCK_FLAGS) -o locks/peers.lock
	$(BIN)/uv pip compile -q --group house $(LOCK_FLAGS) -o locks/homeassistant.lock

LOCK_FLAGS := --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-annotate --custom-compile-command 'make lock'

clean:  ## remove the virtual environment and caches (weights stay)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# Each stamp stands for an environment that matches its lock.
$(VENV)/.uv: locks/uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info < (3, 13) else 1)' \
		|| { echo "Tritone needs CPython 3.11 or 3.12: make $(MAKECMDGOALS) PYTHON=python3.11"; exit 1; }
	@echo "making $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r locks/uv.lock
	@touch $@

$(VENV)/.runtime: $(VENV)/.uv locks/runtime.lock pyproject.toml
	@echo "installing ..."
	@$(BIN)/uv pip install --python $(BIN)/python --require-hashes -r locks/runtime.lock
	@$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.bench: $(VENV)/.runtime locks/bench.lock
	@$(BIN)/uv pip install --python $(BIN)/python --require-hashes -r locks/bench.lock
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime locks/dev.lock
	@$(BIN)/uv pip install --python $(BIN)/python --require-hashes -r locks/dev.lock
	@touch $@
