# s3-perimeter: the commands of this checkout. `make help` lists them.
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help lint format test bench lock

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.venv/.ready: requirements.lock pyproject.toml local/bootstrap.py
	@$(PYTHON) local/bootstrap.py

lint: .venv/.ready ## format check, lint, types, import arrows
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy .
	@$(BIN)/lint-imports

format: .venv/.ready ## format the code and mend what the linter can
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

test: lint ## lint and every test
	@$(BIN)/pytest -q

bench: .venv/.ready ## every measured figure, beside its peer and its floor
	@$(BIN)/python -m bench $(NAME)

lock: ## resolve pyproject.toml into requirements.lock (hashes, no hosts)
	@UV=$$(command -v uv || echo .tools/uv/bin/uv); \
	"$$UV" pip compile --quiet --universal --generate-hashes --no-annotate --no-emit-index-url --no-emit-find-links \
	  --python-version 3.11 --group local --group judges --group dev pyproject.toml --output-file requirements.lock
