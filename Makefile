# The README's commands. Each one does all its own set-up; `make help` lists them.
PYTHON ?= python3
MINUTES ?= 10
ifeq ($(OS),Windows_NT)
  BIN := .venv/Scripts
else
  BIN := .venv/bin
endif
READY := .venv/.ready

.DEFAULT_GOAL := help
.PHONY: $(READY) help course test lab refresh site book scripts slides bench clusterbench machines records records-check lint lock clean

help:  ## list the commands
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 15

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

book: $(READY)  ## write the course as a book for e-readers (EPUB) under build/
	@$(BIN)/mnist-kmeans book

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

machines: $(READY)  ## run k-means on seven processors, under emulation (on Linux with apt)
	@$(BIN)/python benchmarks/machines.py

records: $(READY)  ## search for lower inertias on MNIST, for ten minutes (MINUTES=60: for an hour)
	@$(BIN)/python benchmarks/records.py improve --minutes $(MINUTES)

records-check: $(READY)  ## compute every record again
	@$(BIN)/python benchmarks/records.py check

lint: $(READY)  ## check style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

lock: $(READY)  ## choose the newest versions of all dependencies again
	$(BIN)/uv pip compile --upgrade --universal --generate-hashes --fork-strategy fewest --all-extras \
		--python-version 3.11 --no-header --no-emit-index-url --no-emit-find-links \
		--quiet --output-file requirements.lock pyproject.toml

clean:  ## remove the environment and everything built (data stay)
	rm -rf .venv build

# The script looks for itself whether anything is left to do; it also serves Windows without make.
$(READY):
	@MAKECMDGOALS="$(MAKECMDGOALS)" $(PYTHON) set_up.py
