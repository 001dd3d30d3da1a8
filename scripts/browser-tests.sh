#!/usr/bin/env bash
# The demo page in Debian's chromium: journeys, languages, residents, layout, keyboard, accessibility.
#
#   TODOKE_BIN=…    the binary to test [default: target/demo/todoke, built if it is not there]
#   SCREENSHOTS=…   a folder for pictures of the page [default: none are taken]
#
# As root on Debian it installs what is missing; otherwise it says what is missing and ends with 1.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly LIMIT_SECONDS=2400
readonly OLDEST_NODE=20

missing=()
look_for_what_is_missing() {
  missing=()
  [[ -x "${CHROMIUM:-/usr/bin/chromium}" ]] || missing+=(chromium)
  [[ -n "$(fc-list ':lang=ja' 2>/dev/null)" ]] || missing+=(fonts-noto-cjk)
  [[ -n "$(fc-list ':family=Noto Color Emoji' 2>/dev/null)" ]] || missing+=(fonts-noto-color-emoji)
  command -v node >/dev/null || missing+=(nodejs)
  command -v npm >/dev/null || missing+=(npm)
}

give_up() {
  echo "browser-tests: $1" >&2
  echo "browser-tests: missing: ${missing[*]}; install with: apt-get install ${missing[*]}" >&2
  exit 1
}

look_for_what_is_missing
if ((${#missing[@]} > 0)); then
  [[ "$(id -u)" == 0 ]] || give_up "not root, so nothing is installed"
  command -v apt-get >/dev/null || give_up "there is no apt-get here"
  echo "browser-tests: installing ${missing[*]}"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null; } \
    || give_up "apt-get failed"
  look_for_what_is_missing
  ((${#missing[@]} == 0)) || give_up "still not there after apt-get"
fi

node_version="$(node --version)"
node_major="${node_version#v}"
node_major="${node_major%%.*}"
if ((node_major < OLDEST_NODE)); then
  echo "browser-tests: node ${node_version} is too old; node ${OLDEST_NODE} or newer is needed" >&2
  exit 1
fi

npm ci --silent || { echo "browser-tests: npm ci failed; it needs a registry for what package-lock.json names" >&2; exit 1; }

TODOKE_BIN="${TODOKE_BIN:-target/demo/todoke}"
if [[ ! -x "$TODOKE_BIN" ]]; then
  if [[ "$TODOKE_BIN" != target/demo/todoke ]]; then
    echo "browser-tests: TODOKE_BIN=$TODOKE_BIN is not there" >&2
    exit 1
  fi
  cargo build --profile demo --locked
fi
export TODOKE_BIN

# The last lines of the report are the counts. On time-out the whole process group gets the signal.
timeout --kill-after=30 "$LIMIT_SECONDS" node --test --test-reporter=spec tests/browser/*.test.js && ended=0 || ended=$?
((ended != 124)) || echo "browser-tests: not done within ${LIMIT_SECONDS} s" >&2
exit "$ended"
