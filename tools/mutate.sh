#!/usr/bin/env bash
# Mutation testing of src/sportello/rules with tests/rules alone; all it makes is in build/mutation.
#
#   tools/mutate.sh                      all of it: hours
#   tools/mutate.sh --sample 25          25 mutants of each file, the same each time: half an hour
#   tools/mutate.sh guard facts          these files; what is known of the others stays
#   tools/mutate.sh --again guard        only what no test killed before: after new tests
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

nice -n 10 "$root/venv/bin/python" tools/mutants.py "$@"
.venv/bin/python tools/mutation_table.py "$root/fates" src/sportello/rules
