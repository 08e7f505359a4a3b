# Two commands: `make demo` and `make test`. Everything they need beyond Debian's packages goes into .venv.

SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
PYTHONS := compiler compiler_package modules schema tests benchmarks
export PYTHONHASHSEED := 0

.PHONY: demo test lint fast boot fuzz benchmark golden deb clean

demo: .venv/ready
	$(BIN)/compile golden/demo/host.yaml -o out
	@find out ! -type d -printf '%P\n' | sort

test: lint fast boot

lint: .venv/ready
	$(BIN)/ruff format --check $(PYTHONS)
	$(BIN)/ruff check $(PYTHONS)
	$(BIN)/mypy
	$(BIN)/lint-imports

fast: .venv/ready
	$(BIN)/pytest -m "not boot" -n 2 --dist loadgroup

# The boot tests need root, systemd-nspawn, mmdebstrap and ip; HOSTWRIGHT_BOOT=required forbids skipping
# them. Each of the two workers has all tests of one host, which is a file and a release.
boot: .venv/ready
	$(BIN)/pytest -m boot -n 2 --dist loadgroup

# Broken manifests for ten minutes, other ones each time; a failure says its seed.
fuzz: .venv/ready
	HOSTWRIGHT_FUZZ_SECONDS=600 HOSTWRIGHT_FUZZ_SEED=$$RANDOM $(BIN)/pytest tests/test_fuzz.py -n 2

benchmark: .venv/ready
	$(BIN)/python benchmarks/run.py
	$(BIN)/python benchmarks/imports.py
	$(BIN)/python benchmarks/packages.py

golden: .venv/ready
	$(BIN)/pytest tests/test_golden.py tests/test_rejected.py tests/test_reference.py tests/test_docs.py \
	    tests/test_faults_page.py tests/test_completion.py tests/test_manual.py \
	    tests/test_golden_fleet.py tests/test_merging_page.py tests/test_explain.py --snapshot-update

# The compiler's own package: dist/hostwright_VERSION_all.deb.
deb: .venv/ready
	$(BIN)/python -m compiler_package dist

.venv/ready: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --group dev --editable .
	$(BIN)/python -m compileall -q compiler modules schema
	touch $@

clean:
	rm -rf .venv out build dist .cache .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
