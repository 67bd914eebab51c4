#!/bin/sh
# Makes the virtual environment $1 and installs the lock file $2 into it, unless that is done already.
# Called by the Makefile. Done means: the stamp holds this lock's content; a half-done install has none.
set -eu
venv=$1
lock=$2
python=${PYTHON:-python3}
stamp=$venv/installed-$lock

say() { printf '%s\n' "$*" >&2; }

if ! command -v "$python" >/dev/null 2>&1; then
    say "Footbridge needs Python 3.11 or newer, and there is no $python here."
    say "On Debian 12 or Ubuntu: sudo apt-get install python3 python3-venv"
    exit 1
fi

# Installed from this very lock, or from the development lock, which holds all of it?
is_installed() {
    [ -x "$venv/bin/python" ] && "$venv/bin/python" -c '' 2>/dev/null || return 1
    cmp -s "$lock" "$stamp" && return 0
    [ "$lock" = requirements.lock ] && cmp -s requirements-dev.lock "$venv/installed-requirements-dev.lock"
}
if is_installed; then exit 0; fi

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    say "Footbridge needs Python 3.11 or newer; $python is $("$python" -V 2>&1)."
    say "Name a newer one: make PYTHON=python3.12 ..."
    exit 1
fi
if [ ! -x "$venv/bin/python" ] || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
        say "Python's venv module is missing."
        say "On Debian or Ubuntu: sudo apt-get install python3-venv"
        exit 1
    fi
    rm -rf "$venv"
    "$python" -m venv "$venv"
fi

rm -f "$stamp"
count=$(grep -c '^[A-Za-z0-9]' "$lock")
say "Installing up to $count packages into $venv: half a minute or so, the first time only ..."
install() {
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes \
        --no-deps -r "$lock"
}
if ! install; then
    say "That did not work; trying once more ..."
    if ! install; then
        say "The packages could not be installed. If the network was down, run the same command again."
        exit 1
    fi
fi
cp "$lock" "$stamp"
