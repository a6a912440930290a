# The doors of a checkout. Everything is set up on the way; a second run takes seconds.
#   make run                       http://127.0.0.1:8000 with the demonstration
#   make run PORT=8001 HOME_DIR=h2 a second home beside it
#   make test                      the whole suite

PYTHON ?= python3
PORT ?= 8000
HOME_DIR ?= home
ARGS ?=
UPGRADE ?=
MUTANT_MINUTES ?= 30

# Each of our many processes would else compile its modules anew where the machine forbids keeping
# what was compiled: starting takes half the processor time with it.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX ?= $(CURDIR)/.build/bytecode

.PHONY: run test check lock soak bench clean

run:
	@exec $(PYTHON) tools/bootstrap.py run --home "$(HOME_DIR)" --port "$(PORT)" -- $(ARGS)

test:
	@exec $(PYTHON) tools/bootstrap.py test -- $(ARGS)

# everything that needs no running system first, then the tests
check:
	@$(PYTHON) tools/bootstrap.py set-up-dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/mypy --config-file tools/mypy.ini
	.venv/bin/lint-imports
	npm run --silent check
	LIUHEN_HOME=.build/no-home .venv/bin/python -W ignore::RuntimeWarning -m django makemigrations --check --dry-run --settings liuhen.settings
	.venv/bin/python tools/generate_docs.py --check
	@$(MAKE) --no-print-directory test

# long suites at full counts: make soak N=1000 SEED=1; FOCI="uploads" counts kills of that kind only
soak:
	@$(PYTHON) tools/bootstrap.py set-up-dev
	SOAK_N="$(N)" SOAK_SEED="$(SEED)" SOAK_FOCI="$(or $(FOCI),$(SOAK_FOCI))" .venv/bin/python -m pytest tests/soak -p no:xdist $(ARGS)
	LIUHEN_MATRIX=1 .venv/bin/python -m pytest tests/web/test_matrix.py tests/kill/test_nodes.py -p no:xdist
	LIUHEN_VERSIONS=all .venv/bin/python -m pytest tests/upgrade -p no:xdist
	LIUHEN_SCHEMATHESIS=300 .venv/bin/python -m pytest tests/api/test_description.py -p no:xdist
	.venv/bin/python -m tests.soak.mutants --count "$(N)" --minutes "$(MUTANT_MINUTES)" --seed "$(SEED)"

bench:
	@$(PYTHON) tools/bootstrap.py set-up-dev
	.venv/bin/liuhen bench $(ARGS)

# renew the locks; UPGRADE=--upgrade takes the newest versions that fit
lock:
	@$(PYTHON) tools/bootstrap.py set-up
	@sh tools/lock.sh $(UPGRADE)

clean:
	rm -rf .venv .build node_modules src/liuhen/web/static/built
