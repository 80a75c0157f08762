#!/usr/bin/env bash
# Mutation testing of src/sportello/rules with tests/rules alone, in build/mutation.
#
#   tools/mutate.sh                  all of it
#   tools/mutate.sh guard facts      these files; what is known of the others stays
#
# Prints a table by file; `mutants.py --show guard` (see there) shows what survived.
# docs/mutation.md keeps the figures.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source ./setup.sh
install_locked requirements-test.lock
root=$PWD/build/mutation
mutmut=3.8.1

mkdir -p "$root"
if [ ! -e "$root/venv/lib" ] || ! "$root/venv/bin/python" -c "import mutmut" 2>/dev/null; then
    .venv/bin/python -m venv "$root/venv"
    "$root/venv/bin/pip" --quiet --disable-pip-version-check install "mutmut==$mutmut"
    # The rest as the tests have it.
    .venv/bin/python -c 'import site; print(site.getsitepackages()[0])' \
        >"$("$root/venv/bin/python" -c 'import site; print(site.getsitepackages()[0])')/tests.pth"
fi

rm -rf "$root/src" "$root/tests"
mkdir "$root/tests"
cp -r src "$root/src"
cp -r tests/rules tests/__init__.py tests/conftest.py tests/database.py tests/spares.py \
    tests/hypothesis_profiles.py "$root/tests/"
cat >"$root/pyproject.toml" <<'TOML'
[tool.mutmut]
source_paths = ["src"]
[tool.pytest.ini_options]
markers = ["browser: needs chromium", "slow: a minute or more"]
TOML

(cd "$root" && nice -n 10 venv/bin/python ../../tools/mutants.py ../.. "$@")
.venv/bin/python tools/mutation_table.py "$root/fates" src/sportello/rules
