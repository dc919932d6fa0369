# `make demo` and `make test` work on a fresh Debian machine: each installs what it needs, once.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin

# The first Python that is new enough; Debian's python3 is what .ci/packages brings where there is none.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done || true)

PIP_INSTALL := $(BIN)/python -m pip install --quiet --require-hashes
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
export PIP_ROOT_USER_ACTION := ignore
export PYTHONDONTWRITEBYTECODE := # what one process has compiled the next ones read

TEST_PACKAGES := ca-certificates chromium-headless-shell curl iproute2 lldpd openssl prometheus prometheus-alertmanager python3 python3-venv shellcheck snmp snmpd systemd systemd-container
SOAK_PACKAGES := chromium debootstrap fonts-noto-cjk libpangoft2-1.0-0 lintian poppler-utils
BENCH_PACKAGES := prometheus-snmp-exporter
PICTURE_PACKAGES := chromium fonts-noto-cjk pngquant
WORKERS ?= 3
GRAFANA := 13.2.3
SWITCHES ?= 40
FUZZ_SECONDS ?= 600
SOAK_SECONDS ?= 7200

.PHONY: help demo test check compiled audit sbom bench soak deb wheelhouse lock readme dashboards pictures grafana-schema clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 8

demo: $(VENV)/.runtime ## a simulated city on this machine, watched by netwatch; needs neither root nor internet once installed
	$(BIN)/netwatch demo --switches $(SWITCHES)

test: $(VENV)/.packages $(VENV)/.test $(VENV)/.wheels ## everything: static checks, then all tests (under ten minutes)
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=recurse check compiled
	$(BIN)/python -m tests.suite -n $(WORKERS) --dist loadfile --no-loadscope-reorder --ignore=tests/bench tests

# else each worker compiles every test for itself
compiled: $(VENV)/.test
	@$(BIN)/python -m pytest --collect-only -qqq --ignore=tests/bench tests >$(VENV)/collected || { cat $(VENV)/collected; exit 1; }

check: $(VENV)/.test ## the static checks alone
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	@$(MAKE) --no-print-directory audit

bench: $(VENV)/.packages $(VENV)/.test ## how fast it is, against others on the same machine
	@.ci/packages $(BENCH_PACKAGES)
	$(BIN)/python -m tests.bench.all

soak: $(VENV)/.packages $(VENV)/.test $(VENV)/.wheels ## the long runs: fuzzing, an installation from nothing, the whole chain, two hours of faults at random
	@.ci/packages $(SOAK_PACKAGES)
	NETWATCH_FUZZ_SECONDS=$(FUZZ_SECONDS) NETWATCH_FUZZ_CORPUS=.fuzz $(BIN)/python -m pytest tests/contract/test_snmp_fuzz.py
	NETWATCH_SOAK_SECONDS=$(SOAK_SECONDS) $(BIN)/python -m pytest -m soak -s tests

deb: $(VENV)/.wheels $(VENV)/.runtime ## a Debian package in dist/, for the release and architecture of this machine
	$(BIN)/python -m deploy.deb

wheelhouse: $(VENV)/.wheels $(VENV)/.runtime ## a folder in dist/ to install from where there is no internet
	$(BIN)/python -m deploy.wheelhouse

audit: $(VENV)/.test ## known vulnerabilities of what is pinned; ADVISORIES=FILE.zip (OSV) without the internet, REQUIRED=1 fails
	$(BIN)/python -m tests.project.audit $(if $(ADVISORIES),--advisories "$(ADVISORIES)") $(if $(REQUIRED),--required)

sbom: | $(BIN)/python ## write sbom.cdx.json anew from requirements.lock
	$(BIN)/python -m tests.project.sbom

lock: $(VENV)/.uv ## pin every dependency again; UPGRADE=1 takes the newest
	$(VENV)/uv/bin/uv pip compile $(LOCK_OPTIONS) --output-file requirements.lock pyproject.toml
	$(VENV)/uv/bin/uv pip compile $(LOCK_OPTIONS) --extra test --constraint requirements.lock \
		--output-file requirements-test.lock pyproject.toml
	@$(MAKE) --no-print-directory sbom

readme: $(VENV)/.test ## write the tables of README.md anew from the code
	$(BIN)/python -m tests.project.readme

dashboards: $(VENV)/.test ## generate grafana/dashboards/ anew from grafana/boards/
	$(BIN)/python -m grafana.generate

pictures: $(VENV)/.packages $(VENV)/.test ## draw grafana/pictures/ anew from a simulated city (ten minutes)
	.ci/packages $(PICTURE_PACKAGES)
	$(BIN)/python -m tests.pictures.draw
	$(BIN)/python -m tests.pictures.operators_page

grafana-schema: ## take Grafana's own types of dashboards anew from its npm package (needs npm)
	@mkdir -p $(VENV)/grafana
	npm install --prefix $(VENV)/grafana --no-save --no-audit --no-fund @grafana/schema@$(GRAFANA) ts-json-schema-generator@2.4.0
	node grafana/schema/extract.mjs $(VENV)/grafana

clean: ## remove what was installed and cached here
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist

LOCK_OPTIONS := --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
	--extra build $(if $(UPGRADE),--upgrade)

# Stamps: a second run installs nothing.
$(BIN)/python:
	@"$(or $(PYTHON),python3)" -c 'import ensurepip, venv' 2>/dev/null || .ci/packages python3 python3-venv
	"$(or $(PYTHON),python3)" -m venv $(VENV)

$(VENV)/.runtime: requirements.lock pyproject.toml | $(BIN)/python
	$(PIP_INSTALL) -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.test: requirements-test.lock $(VENV)/.runtime
	$(PIP_INSTALL) -r requirements-test.lock
	@touch $@

# What packages are made of, kept as it was downloaded.
$(VENV)/.wheels: requirements.lock | $(BIN)/python
	$(BIN)/python -m pip download --quiet --no-deps --only-binary=:all: --require-hashes -r requirements.lock -d $(VENV)/wheels
	@touch $@

$(VENV)/.packages: Makefile .ci/packages | $(BIN)/python
	.ci/packages $(TEST_PACKAGES)
	@touch $@

$(VENV)/.uv: | $(BIN)/python
	$(BIN)/python -m venv $(VENV)/uv
	$(VENV)/uv/bin/python -m pip install --quiet uv
	@touch $@
