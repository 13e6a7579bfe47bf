# Everything here works with python3, its pip and make alone: uv lives in .tools, packages in .venv, both in this folder.
.PHONY: demo test browser chromium lint bench torture openapi samples serve worker migrate lock clean
PYTHON ?= python3
TOOLS := .tools
UV := $(TOOLS)/bin/uv
UV_VERSION := 0.13.8
BIN := .venv/bin
EXAMPLE := tests/storefront_example
MOCK := tests/isometric_mock
DOUBLE := tests/stripe_double
LOCALSTRIPE := $(TOOLS)/localstripe
export UV_PYTHON_DOWNLOADS := never
export UV_NO_CONFIG := 1
export UV_SYSTEM_CERTS := true
# A HOME that is missing or closed is no obstacle.
export UV_CACHE_DIR ?= $(CURDIR)/$(TOOLS)/cache

demo: .venv/.synced ## The whole story on an embedded PostgreSQL, then serving; EXIT=1 stops after it.
	$(BIN)/python -W ignore::DeprecationWarning -m app.demo $(if $(EXIT),--exit)

test: .venv/.synced-dev ## Every test, on an embedded PostgreSQL.
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder -m "not services and not torture and not browser" $(ARGS)

browser: .venv/.synced-dev $(EXAMPLE)/node_modules/.installed $(MOCK)/node_modules/.installed $(LOCALSTRIPE)/.installed chromium ## The example storefront in a real browser (PICTURES=folder keeps each step), our client at localstripe; ISOMETRIC_OPENAPI=file: our adapter at a mock made from it.
	$(BIN)/python -m pytest tests/browser -m browser $(if $(PICTURES),--pictures $(abspath $(PICTURES))) $(ARGS)
	$(BIN)/python -m pytest $(DOUBLE) -m browser $(ARGS)
ifdef ISOMETRIC_OPENAPI
	ISOMETRIC_OPENAPI=$(abspath $(ISOMETRIC_OPENAPI)) $(BIN)/python -m pytest $(MOCK) -m browser $(ARGS)
else
	@echo "NOT RUN: $(MOCK). Isometric's OpenAPI document has no licence to copy it: name yours, ISOMETRIC_OPENAPI=file."
endif

chromium:
	@command -v chromium > /dev/null || \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; \
	  then apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk; \
	  else echo "The browser tests need Chromium as 'chromium' on the PATH: install your system's package." >&2; exit 1; fi

lint: .venv/.synced-dev ## Style, types and the laws of the house.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: .venv/.synced-dev ## Speeds as ratios against a floor measured in the same run; needs wrk.
	$(BIN)/python -m benchmarks.run

torture: .venv/.synced-dev ## Faults and races, ten times as many as in the tests, on RabbitMQ too where it is installed; writes benchmarks/torture.json.
	$(BIN)/python -m benchmarks.torture

openapi: .venv/.synced-dev ## Write tests/contract/openapi.json, unless that breaks clients and breaking.toml does not say why.
	$(BIN)/python -m tests.contract.gate
samples: .venv/.synced-dev ## Registries' real files below SAMPLES=dir through the readers; fails unless each row is accounted for.
	$(BIN)/python -m benchmarks.samples $(SAMPLES)

serve: .venv/.synced ## The API, with the settings of the environment.
	$(BIN)/python -m app.main

worker: .venv/.synced ## A worker, with the settings of the environment.
	$(BIN)/python -m workers.main

migrate: .venv/.synced ## Bring the database of OFFSETDESK_DATABASE_URL to the newest shape and load the catalogue.
	$(BIN)/python -m app.cli migrate

lock: $(UV)
	$(UV) lock

clean: ## Forget what was installed here, and the demo's state.
	rm -rf .tools .venv .state $(EXAMPLE)/node_modules $(EXAMPLE)/build $(MOCK)/node_modules

$(UV):
	$(PYTHON) -m venv --without-pip $(TOOLS)
	$(PYTHON) -m pip --python $(TOOLS)/bin/python install --quiet --disable-pip-version-check uv==$(UV_VERSION)

.venv/.synced: $(UV) uv.lock pyproject.toml
	$(UV) sync --locked --no-dev --inexact --python $(PYTHON)
	@touch $@

.venv/.synced-dev: $(UV) uv.lock pyproject.toml
	$(UV) sync --locked --python $(PYTHON)
	@touch .venv/.synced $@

%/node_modules/.installed: %/package-lock.json
	@command -v npm > /dev/null || { echo "The browser tests need Node.js 20 or newer with npm." >&2; exit 1; }
	cd $* && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

# GPL-3: a program of its own for one test, in an environment of its own, and no part of our lock.
$(LOCALSTRIPE)/.installed: $(DOUBLE)/requirements.txt $(UV)
	$(UV) venv --quiet --clear --python $(PYTHON) $(LOCALSTRIPE)
	$(UV) pip install --quiet --python $(LOCALSTRIPE)/bin/python --require-hashes --no-deps -r $<
	@touch $@
