# s3-perimeter: the commands of this checkout. `make help` lists them.
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help up down env status preview verify drift report-screenshot engine lint format test mutants bench docs lock
LOCAL := $(BIN)/python -P -m local

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.venv/.ready: requirements.lock pyproject.toml local/bootstrap.py
	@$(PYTHON) local/bootstrap.py

up: .venv/.ready ## deploy the fenced bucket on an embedded AWS, and show it
	@$(LOCAL) up

down: .venv/.ready ## take all of it away (KEEP=1 keeps its state for the next up)
	@$(LOCAL) down $(if $(KEEP),--keep)

env: .venv/.ready ## print shell exports: eval "$(make -s env)"
	@$(LOCAL) env

status: .venv/.ready ## tell what runs and where
	@$(LOCAL) status

preview: .venv/.ready ## what pulumi up would change, judged by the policy pack
	@$(LOCAL) run pulumi preview --non-interactive --stack local --policy-pack policies

verify: .venv/.ready ## try the deployed bucket from inside and outside
	@$(LOCAL) run perimeter verify --stack local

report-screenshot: .venv/.ready ## the picture of a report in docs/images (needs chromium)
	@$(LOCAL) run perimeter report --stack local -o .state/report.html
	@chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --force-device-scale-factor=0.8 --window-size=900,1250 \
	  --screenshot=docs/images/report.png "file://$(CURDIR)/.state/report.html"

drift: .venv/.ready ## what differs from what the stack declares
	@$(LOCAL) run pulumi plugin run drift-check -- --stack local

engine: .venv/.ready ## find the Pulumi engine, or build it once
	@$(LOCAL) engine

lint: .venv/.ready ## format check, lint, types, import arrows, workflows
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy .
	@$(BIN)/lint-imports
	@$(BIN)/zizmor --offline --quiet .github/workflows
	@if command -v actionlint >/dev/null; then actionlint; \
	  else echo "lint: no actionlint on PATH, so zizmor alone has read .github/workflows" >&2; fi

format: .venv/.ready ## format the code and mend what the linter can
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

test: lint engine ## lint and every test
	@$(BIN)/pytest -q -n auto --dist loadfile

mutants: .venv/.ready ## change the core in SAMPLE places, one at a time, and see which a test notices
	@$(BIN)/python -m tests.mutants --sample $(or $(SAMPLE),200) $(ARGS)

bench: .venv/.ready ## every measured figure, beside its peer and its floor
	@$(BIN)/python -m bench $(NAME)

docs: .venv/.ready ## write the reference pages that are made from the code
	@$(BIN)/python -m policies.reference
	@$(BIN)/python -m components.reference

lock: ## resolve pyproject.toml into requirements.lock (hashes, no hosts)
	@UV=$$(command -v uv || echo .tools/uv/bin/uv); \
	"$$UV" pip compile --quiet --universal --generate-hashes --no-annotate --no-emit-index-url --no-emit-find-links \
	  --python-version 3.11 --group local --group judges --group dev pyproject.toml --output-file requirements.lock
