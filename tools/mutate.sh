#!/usr/bin/env bash
# Mutation testing of src/sportello/rules with tests/rules alone, in build/mutation.
#
#   tools/mutate.sh                  all of it: an hour and a half on two idle cores
#   tools/mutate.sh guard facts      these files
#
# Prints a table by file; `build/mutation/venv/bin/mutmut show NAME` (run in build/mutation) shows
# one survivor. docs/mutation.md keeps the figures.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source ./setup.sh
install_locked requirements-test.lock
root=$PWD/build/mutation
mutmut=3.8.1

mkdir -p "$root"
if [ ! -x "$root/venv/bin/mutmut" ]; then
    .venv/bin/python -m venv "$root/venv"
    "$root/venv/bin/pip" --quiet --disable-pip-version-check install "mutmut==$mutmut"
    # The rest as the tests have it.
    .venv/bin/python -c 'import site; print(site.getsitepackages()[0])' \
        >"$("$root/venv/bin/python" -c 'import site; print(site.getsitepackages()[0])')/tests.pth"
fi

rm -rf "$root/src" "$root/tests"
mkdir "$root/tests"
cp -r src "$root/src"
cp -r tests/rules tests/__init__.py tests/conftest.py tests/database.py \
    tests/hypothesis_profiles.py "$root/tests/"
cat >"$root/pyproject.toml" <<'TOML'
[tool.mutmut]
source_paths = ["src"]
only_mutate = ["src/sportello/rules/*.py"]
pytest_add_cli_args = ["-p", "no:randomly", "-p", "no:cacheprovider", "--import-mode=importlib", "--hypothesis-profile=mutation"]
pytest_add_cli_args_test_selection = ["tests/rules"]
use_setproctitle = false
track_dependencies = false
use_git_change_detection = false
timeout_multiplier = 10
timeout_constant = 5
TOML

names=()
for file in "$@"; do names+=("sportello.rules.$file.*"); done
(cd "$root" && nice -n 10 venv/bin/mutmut run --max-children "${MUTATE_WORKERS:-1}" "${names[@]}") || true
.venv/bin/python tools/mutation_table.py "$root/mutants/src/sportello/rules"
