# One verb per wish; every verb installs what it lacks and is fast when nothing changed.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

# The first that really runs and is new enough; a version manager's shim may name one it has not.
PYTHON ?= $(shell for p in python3.11 python3 python3.12 python3.13; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo "$$p"; break; }; done)
PY := .venv/bin/python
NPM := npm --prefix frontend
FRONTEND_SOURCES := $(shell find frontend -path frontend/node_modules -prune -o -path frontend/dist -prune -o -type f -print 2>/dev/null)
WRITTEN := $(shell find fieldsvc signaling inspections tests docs .ci -type f -not -name '*.pyc' -not -path '*/.native/*' 2>/dev/null) \
	$(wildcard *.md *.yml *.toml *.py *.lock) Dockerfile Makefile $(FRONTEND_SOURCES)
TEST_PACKAGES := chromium coturn fonts-hanazono fonts-noto-cjk openssl postgresql redis-server poppler-utils

.PHONY: help
help: ## Show the verbs
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# ── setting up ────────────────────────────────────────────────────────────────────────────
.stamps/python: requirements.lock
	@mkdir -p .stamps
	@test -n "$(PYTHON)" || { echo "需要 Python 3.11 或更高版本。请安装:apt-get install python3 python3-venv"; exit 1; }
	@test -x $(PY) || $(PYTHON) -m venv .venv || { echo "不能建立虚拟环境。请安装:apt-get install python3-venv"; exit 1; }
	@echo "安装 Python 依赖 …"
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

.stamps/python-dev: requirements-dev.lock .stamps/python
	@echo "安装测试工具 …"
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

.stamps/node: frontend/package-lock.json
	@mkdir -p .stamps
	@command -v npm >/dev/null || { echo "需要 Node.js 20 和 npm。请安装:apt-get install nodejs npm"; exit 1; }
	@echo "安装前端依赖 …"
	@cd frontend && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

.stamps/frontend: .stamps/node $(FRONTEND_SOURCES)
	@echo "构建前端 …"
	@$(NPM) run --silent build
	@touch $@

# The packet path in machine code; the same source runs interpreted where this was not done.
.stamps/native: .stamps/python-dev $(wildcard signaling/media/*.py)
	@command -v cc >/dev/null && test -f "$$($(PY) -c 'import sysconfig; print(sysconfig.get_path("include"))')/Python.h" || { \
	  [ "$$(id -u)" = 0 ] || { echo "请先安装:sudo apt-get install gcc libc6-dev python3-dev"; exit 1; }; \
	  apt-get update -qq; DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends gcc libc6-dev python3-dev >/dev/null; }
	@echo "编译媒体收发代码 …"
	@$(PY) -m signaling.media.build_native >/dev/null
	@touch $@

.stamps/debian: Makefile
	@mkdir -p .stamps
	@missing=""; for p in $(TEST_PACKAGES); do \
	  dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$p"; done; \
	if [ -n "$$missing" ]; then \
	  if [ "$$(id -u)" = 0 ]; then echo "安装 Debian 软件包:$$missing"; apt-get update -qq; \
	    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	  else echo "请先安装:sudo apt-get install$$missing"; exit 1; fi; fi
	@touch $@

.PHONY: setup
setup: ## Install everything that tests and demo need
	@$(MAKE) --no-print-directory -s -j3 .stamps/python-dev .stamps/native .stamps/frontend .stamps/debian

.PHONY: native
native: .stamps/native ## Compile the packet path, so that a call costs a fifth less

# ── using it ──────────────────────────────────────────────────────────────────────────────
.PHONY: run demo demo-week cluster
run: .stamps/python .stamps/frontend ## Start the product with a demo bureau (ARGS=--https for a phone on the same network)
	@DEMO=true $(PY) manage.py serve --demo $(ARGS)

demo: setup ## One whole inspection in real browsers on real footage; leaves everything in var/demo/
	@$(PY) -m tests.demo $(ARGS)

demo-week: setup ## One week of home visits in minutes: calls, plans, visits, ratings, Monday's report
	@$(PY) -m tests.demo.week $(ARGS)

cluster: setup ## The production topology without containers: PostgreSQL, Redis, web, media, workers, beat
	@$(PY) -m tests.cluster $(ARGS)

# ── proving it ────────────────────────────────────────────────────────────────────────────
.PHONY: check lint types types-python types-page contracts budget test bench faults
check: setup ## Lint, types, contracts, budget of the phone page
	@$(MAKE) --no-print-directory -s -j2 types-python types-page lint budget
	@$(MAKE) --no-print-directory -s contracts

lint:
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(NPM) run --silent lint

types: types-python types-page

types-python:
	@$(PY) -m mypy

types-page:
	@$(NPM) run --silent typecheck

contracts: .stamps/contracts
	@.venv/bin/lint-imports
	@$(PY) manage.py makemigrations --check --dry-run

# What is written down and held against the code: once for the same files, for `check` or `test`.
.stamps/contracts: $(WRITTEN) | setup
	@$(PY) -m pytest -q -n $$(nproc) --dist worksteal tests/contracts
	@touch $@

budget:
	@$(NPM) run --silent budget

# Tests that watch pictures and clocks have the machine to themselves; all others share its cores.
# Of the media those with real peers on the line, or with the kernel's own stamps.
LIVE := call chromium crash datagrams disk hostile kerneltime loss peers pointing recorder seam
ALONE := tests/e2e tests/journeys tests/signaling/crash $(LIVE:%=tests/signaling/media/test_%.py)

test: setup $(if $(ARGS),,.stamps/contracts) ## All tests, real browser and real servers included (ARGS="tests/kernel -x" for some)
	@$(NPM) run --silent test
ifdef ARGS
	@$(PY) -m pytest -q $(ARGS)
else
	@echo "tests/contracts 已在这些文件上通过:$$(date -r .stamps/contracts '+%H:%M:%S')"
	@$(PY) -m pytest -q -n $$(nproc) --dist worksteal tests $(addprefix --ignore=,$(ALONE) tests/contracts) || failed=1; \
	$(PY) -m pytest -q $(ALONE) || failed=1; exit $${failed:-0}
endif

# Only measured against, on loopback; no part of the product.
.stamps/janus: Makefile
	@command -v janus >/dev/null || { [ "$$(id -u)" = 0 ] || { echo "请先安装:sudo apt-get install janus"; exit 1; }; \
	  apt-get update -qq; DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends janus >/dev/null; }
	@touch $@

# A phone's bad line is built of namespaces, tc and nft; where they are not, those rows say so.
.stamps/radio: Makefile
	@command -v nft >/dev/null && command -v tc >/dev/null || { [ "$$(id -u)" = 0 ] || { echo "请先安装:sudo apt-get install iproute2 nftables"; exit 1; }; \
	  apt-get update -qq; DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends iproute2 nftables >/dev/null; }
	@touch $@

bench: setup .stamps/janus ## Figures as JSON rows in var/bench/
	@$(PY) -m tests.bench $(ARGS)

faults: setup .stamps/radio ## Kills, cuts, floods and bad lines, and what was lost (ARGS="--only R4 --kills 5")
	@$(PY) -m tests.faults $(ARGS)
