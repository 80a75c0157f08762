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
    wanted="$1 $(cat "$lock" pyproject.toml | sha256sum | cut -d' ' -f1) $PWD"
    # A venv made for the tests has all that a run needs.
    if [ -x .venv/bin/sportello ] && { [ "$(cat $stamp 2>/dev/null)" = "$wanted" ] ||
        { [ "$lock" = requirements.lock ] && grep -qF "$(test_stamp)" $stamp 2>/dev/null; }; }; then
        return
    fi
    [ -x .venv/bin/python ] || make_venv
    echo "Installing the dependencies named in $lock (once; a minute or two)…"
    local pip=(.venv/bin/python -m pip --disable-pip-version-check --quiet install)
    "${pip[@]}" --require-hashes -r "$lock"
    "${pip[@]}" --no-deps --no-build-isolation -e .
    echo "$wanted" >$stamp
}

test_stamp() {
    echo "requirements-test.lock $(cat requirements-test.lock pyproject.toml | sha256sum |
        cut -d' ' -f1) $PWD"
}
