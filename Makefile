# The README's commands. Each one does all its own set-up; `make help` lists them.
PYTHON ?= python3
ifeq ($(OS),Windows_NT)
  BIN := .venv/Scripts
else
  BIN := .venv/bin
endif
READY := .venv/.ready

.DEFAULT_GOAL := help
.PHONY: help course test lab refresh site scripts slides bench clusterbench lint lock clean

help:  ## list the commands
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

course: $(READY)  ## run every chapter and build the HTML course under build/
	@$(BIN)/mnist-kmeans course

test: $(READY)  ## unit tests, then every stored notebook against a fresh run
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder
	$(BIN)/mnist-kmeans check

lab: $(READY)  ## open the chapters in JupyterLab
	@$(BIN)/mnist-kmeans lab

refresh: $(READY)  ## execute the notebooks again and store what comes out
	$(BIN)/mnist-kmeans refresh

site: $(READY)  ## build the HTML course from the stored notebooks
	$(BIN)/mnist-kmeans site

scripts: $(READY)  ## write the chapters as plain Python scripts under build/
	@$(BIN)/mnist-kmeans scripts

slides: $(READY)  ## write the chapters as slides under build/
	@$(BIN)/mnist-kmeans slides

bench: $(READY)  ## measure the engine against other libraries (on Linux)
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python build/bench
	@$(BIN)/uv pip install --quiet --python build/bench --editable . \
		--requirement benchmarks/requirements.txt --constraint requirements.lock
	@build/bench/bin/python benchmarks/bench.py

clusterbench: $(READY)  ## measure k-means on a cluster (on Linux; takes 1.6 GB under build/ meanwhile)
	@$(BIN)/python benchmarks/cluster_bench.py
	@rm -rf build/enlarged

lint: $(READY)  ## check style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

lock: $(READY)  ## choose the newest versions of all dependencies again
	$(BIN)/uv pip compile --upgrade --universal --generate-hashes --fork-strategy fewest --all-extras \
		--python-version 3.11 --no-header --no-emit-index-url --no-emit-find-links \
		--quiet --output-file requirements.lock pyproject.toml

clean:  ## remove the environment and everything built (data stay)
	rm -rf .venv build

# uv installs the lock in seconds where pip takes minutes; pip fetches uv itself, hash-checked like the rest.
# Byte code is compiled here, once: not every machine keeps what it compiles when a program starts.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo \
		"mnist-kmeans needs Python 3.11 or newer; name one with: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@echo "Setting up .venv from requirements.lock ..."
	@$(PYTHON) -m venv --clear .venv
	@sed -n '/^uv==/,/# via/p' requirements.lock > .venv/uv.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement .venv/uv.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --compile-bytecode \
		--requirement requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $(READY)
