# Everything a person needs: make run · make test · make check · make bench · make bench-wellbeing
# Variables: PORT=8000  VAR_DIR=var  PYTHON=python3  ARGS="…" (passed on to pytest or the benchmarks)

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help run test check bench bench-wellbeing environment

# The first Python that is new enough; without one, the plain one, which then says what is missing.
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
# Of several that would do, the fastest here; one that was named is taken as named.
FASTEST := $(if $(filter undefined,$(origin PYTHON)),--fastest)
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.14; do \
	$$p -c '$(NEW_ENOUGH)' 2>/dev/null && echo $$p && exit; done; echo python3)
PY := .venv/bin/python

# Tests keep their own servers: they never meet the data or the jobs of a running `make run`.
TEST_VAR := $(if $(VAR_DIR),$(VAR_DIR),var/test)

# A test waits for the database or the browser about as long as it works: one process more than there are cores.
WORKERS := $(shell n=$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2); [ $$n -gt 3 ] && echo 4 || echo $$((n + 1)))

# As in production, for the checks that ask how we would be deployed; nothing is connected to.
DEPLOYED := env DATABASE_URL=postgresql://reviewqueue@db.invalid/reviewqueue REDIS_URL=redis://redis.invalid:6379/0 \
	SECRET_KEY=only-for-the-deploy-check-0123456789-abcdefghijklmnopqrstuvwxyz ALLOWED_HOSTS=review.example \
	PUBLIC_URL=https://review.example DEBUG=0

# Byte code is kept (git passes it by): else each of a dozen processes compiles every module anew, for seconds.
unexport PYTHONDONTWRITEBYTECODE

export PORT
ifdef VAR_DIR
export VAR_DIR
endif

help:
	@sed -n '1,2s/^# //p' Makefile

environment:
	@command -v $(PYTHON) >/dev/null || { echo "reviewqueue needs Python 3.11 or newer, and python3 is not here."; exit 1; }
	@$(PYTHON) reviewqueue/environment.py $(FASTEST)

run: environment
	@exec $(PY) -m reviewqueue.supervisor

test: environment
	@mkdir -p $(TEST_VAR)/static
	@chromium=$$($(PY) tests/find_browser.py) || exit 1; \
	if [ -n "$$chromium" ]; then \
		VAR_DIR=$(TEST_VAR) RQ_CHROMIUM="$$chromium" exec $(PY) -m pytest -n $(WORKERS) $(ARGS); \
	fi; \
	VAR_DIR=$(TEST_VAR) $(PY) -m pytest -n $(WORKERS) --ignore=tests/browser $(ARGS) || exit 1; \
	echo; echo "*** THE BROWSER TESTS WERE SKIPPED: there is no Chromium here that starts."; \
	echo "*** Get one with \`apt install chromium\` or \`.venv/bin/playwright install --with-deps chromium\`."

check: environment
	@$(PY) -m ruff check --quiet --output-format concise . && echo "lint: good"
	@$(PY) -m ruff format --check --quiet . && echo "format: good" || { echo "format: run .venv/bin/ruff format ."; exit 1; }
	@$(DEPLOYED) $(PY) -m mypy --no-error-summary && echo "types: good"
	@said=$$(.venv/bin/lint-imports --no-logo 2>&1) && echo "imports: good" || { echo "$$said"; exit 1; }
	@VAR_DIR=$(TEST_VAR) $(PY) manage.py makemigrations --check --dry-run --verbosity 1 >/dev/null \
		&& echo "migrations: good" || { echo "migrations: run .venv/bin/python manage.py makemigrations"; exit 1; }
	@$(DEPLOYED) $(PY) manage.py check --deploy --fail-level WARNING --verbosity 0 && echo "deployment: good"

bench: environment
	@exec $(PY) -m bench $(ARGS)

bench-wellbeing: environment
	@exec $(PY) -m bench.week $(ARGS)
