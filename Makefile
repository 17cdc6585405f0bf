# s3-perimeter: the commands of this checkout. `make help` lists them.
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help

# Containers often forbid Python to keep what it compiled. A deployment starts a dozen processes of this checkout, and
# each would compile every module again.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help up down env status preview verify drift pictures engine lint lint-types lint-code lint-imports lint-workflows format test test-fast mutants bench docs docs-site dist owner lock secrets audit
LOCAL := $(BIN)/python -P -m local
EXAMPLES := examples/workflows

# Not secrets: hashes of locked packages, published policies (tests/corpus), AWS's and our own example keys, and the
# constants by which Pulumi marks values on the wire. A line of its own may end in `pragma: allowlist secret`.
NOT_SECRET := --exclude-files '^(requirements\.lock|local/browser/packages\.lock|local/(engine|actionlint|yaml_host|sdk_generator)/go[a-z.-]+|tests/corpus/policies/.*)$$' \
  --exclude-secrets 'EXAMPL|^(test|wrong|Corr3ct-horse-battery)$$' \
  --exclude-secrets '^(4dabf181|1b470612|04da6b54|c44067f5|0def7320|d0e6a833|5cf8f730|79a59df9)[0-9a-f-]+$$'

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.venv/.ready: requirements.lock pyproject.toml local/bootstrap.py
	@$(PYTHON) local/bootstrap.py

up: .venv/.ready ## deploy the private bucket on an embedded AWS, and test it
	@$(LOCAL) up

down: .venv/.ready ## remove all of it (KEEP=1 keeps its state for the next up)
	@$(LOCAL) down $(if $(KEEP),--keep)

env: .venv/.ready ## print shell exports: eval "$(make -s env)"
	@$(LOCAL) env

status: .venv/.ready ## show what is running, and where
	@$(LOCAL) status

preview: .venv/.ready ## show what pulumi up would change, judged by the policy pack
	@$(LOCAL) run pulumi preview --non-interactive --stack local --policy-pack policies

verify: .venv/.ready ## test the deployed bucket from inside and outside
	@$(LOCAL) run perimeter verify --stack local

pictures: .venv/.ready ## create the pictures in README again, on a new stack: make up, and its report
	@$(LOCAL) down
	@$(LOCAL).recording docs/images/up.svg make up
	@$(LOCAL) run perimeter report --stack local --owner "Platform team" -o .state/report.html
	@$(LOCAL).browser .state/report.html docs/images/report "Who can do what from where"

drift: .venv/.ready ## show what differs from what the stack declares
	@$(LOCAL) run pulumi plugin run drift-check -- --stack local

engine: .venv/.ready ## find the Pulumi engine, or download or build it once
	@$(LOCAL) engine

lint: .venv/.ready ## check format, lint, types, forbidden imports, workflows, secrets
	@$(MAKE) --no-print-directory -j 2 lint-types lint-code lint-imports lint-workflows secrets

# Types take as long as the others together, on one core.
lint-types: .venv/.ready
	@$(BIN)/mypy .

lint-code: .venv/.ready
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

lint-imports: .venv/.ready
	@$(BIN)/lint-imports

lint-workflows: .venv/.ready
	@$(BIN)/zizmor --offline --quiet .github action.yml $(EXAMPLES)
	@$(BIN)/python -P -m local.actionlint .github/workflows/*.yml $(EXAMPLES)/*.yml
	@! test -x $(BIN)/shellcheck || $(BIN)/shellcheck .ci/action .ci/run

secrets: .venv/.ready ## look for keys and passwords in what git tracks
	@git ls-files -z | xargs -0 -n 150 -P 2 $(BIN)/detect-secrets-hook --no-verify $(NOT_SECRET)

audit: .venv/.ready ## check the locked packages for known vulnerabilities (asks PyPI)
	@$(BIN)/pip-audit --strict --disable-pip --require-hashes --progress-spinner off -r requirements.lock || { echo >&2; \
	  echo "audit: not clean. Either a package above has a known vulnerability, or it could not be looked up: without a way" >&2; \
	  echo "to PyPI itself (a mirror of its packages is not enough) nothing is known, and CI asks instead." >&2; exit 1; }

format: .venv/.ready ## format the code, and fix what the linter can
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

test-fast: .venv/.ready ## run the tests that need no engine, emulator or solver (under a minute)
	@$(BIN)/pytest -q -n auto -m 'not slow and not e2e' tests/bench tests/ci tests/components tests/policies tests/s3_perimeter tests/test_house.py tests/test_versions.py

# A test that deploys waits a good part of its time for other processes, so there are more workers than cores.
test: lint engine ## run lint and every test
	@$(BIN)/pytest -q -n $$(($$(getconf _NPROCESSORS_ONLN) * 3 / 2)) --dist loadfile --no-loadscope-reorder --max-worker-restart 1

mutants: .venv/.ready ## change the core in SAMPLE places, one at a time, and see which ones a test notices
	@$(BIN)/python -m tools.mutants --sample $(or $(SAMPLE),200) $(ARGS)

bench: .venv/.ready ## measure every figure next to its peer, three times (NAME=cli: one file of bench/, once)
	@$(BIN)/python -m bench $(NAME)

docs: .venv/.ready ## write the reference pages and the drift check's IAM policy from the code
	@$(BIN)/python -m s3_perimeter.reference
	@$(BIN)/python -m policies.reference
	@$(BIN)/python -m components.reference
	@$(BIN)/python -m s3_perimeter.commands.reference
	@$(BIN)/python -m s3_perimeter.drift.reference
	@$(BIN)/python -m s3_perimeter.drift.main --strict --print-policy > s3_perimeter/drift/iam-policy.json

docs-site: .venv/.ready ## build the documentation as a site with search, in .state/site (a broken link fails)
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

dist: .venv/.ready ## make what a release holds, in dist (wheel, plugin archives, list of parts, checksums)
	@rm -rf dist
	@$(LOCAL).dist dist

owner: .venv/.ready ## write who owns this repository into the files that name it: make owner NAME=acme
	@$(BIN)/python -P -m local.owner '$(NAME)'

lock: ## resolve pyproject.toml into requirements.lock (hashes, no hosts)
	@UV=$$(command -v uv || echo .tools/uv/bin/uv); \
	"$$UV" pip compile --quiet --universal --generate-hashes --no-annotate --no-emit-index-url --no-emit-find-links \
	  --python-version 3.11 --all-extras --group local --group judges --group docs --group dev pyproject.toml --output-file requirements.lock
