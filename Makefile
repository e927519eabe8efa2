# Two things to know: `make` installs what is needed and runs the main job; `make test` installs the same and runs the tests.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python

.PHONY: main test

main: $(VENV)/installed
	$(RUN) -m flows.pipeline --workers 2

test: $(VENV)/installed
	$(RUN) -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

$(VENV)/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install --quiet --constraint constraints.txt --editable '.[dev,dask]'
	touch $@
