#!/bin/sh
# Makes sure that there is a Chromium for the browser tests; $1 is the virtual environment.
# Order: one that is there; Debian's, with apt, where that needs no password; Playwright's own, into
# the environment. Without any, the browser tests are skipped and say so; with CI=true that is an error.
set -u
venv=$1
export PLAYWRIGHT_BROWSERS_PATH="$PWD/$venv/browsers"

find_browser() { PYTHONPATH="$PWD" "$venv/bin/python" -m tests.e2e.browser; }
find_browser >/dev/null && exit 0

printf '%s\n' "There is no Chromium for the browser tests yet; installing it ..." >&2
if [ "$(id -u)" = 0 ]; then as_root=""; else as_root="sudo -n"; fi
if command -v apt-get >/dev/null 2>&1 && $as_root true 2>/dev/null; then
    $as_root apt-get update -qq >/dev/null 2>&1
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        chromium fonts-liberation >/dev/null 2>&1
fi
find_browser >/dev/null && exit 0
timeout 180 "$venv/bin/python" -m playwright install chromium-headless-shell >/dev/null 2>&1
find_browser >/dev/null && exit 0

printf '%s\n' "!! NO BROWSER: Chromium is not here and could not be installed." \
    "!! On Debian: sudo apt-get install chromium. Or name one: CHROMIUM=/path/to/chromium make test" >&2
case ${CI:-} in 1 | true | yes) exit 1 ;; esac
exit 0
