#!/usr/bin/env bash
# Takes the pictures of docs/ja/操作マニュアル from the demo, by the browser tests that walk its pages.
#
#   TODOKE_BIN=…    the binary to show [default: target/demo/todoke; build it with scripts/browser-tests.sh]
#
# A picture over 150 KB fails: papers are read over slow lines and printed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly LIMIT_SECONDS=300
readonly MOST_BYTES=153600
readonly IMAGES="docs/ja/操作マニュアル/images"

export TODOKE_BIN="${TODOKE_BIN:-target/demo/todoke}"
[[ -x "$TODOKE_BIN" ]] || { echo "manual-screenshots: $TODOKE_BIN is not there; run scripts/browser-tests.sh first" >&2; exit 1; }
[[ -d node_modules ]] || npm ci --silent

mkdir -p "$IMAGES"
MANUAL_IMAGES="$IMAGES" timeout --kill-after=30 "$LIMIT_SECONDS" node --test --test-reporter=spec tests/browser/manual.test.js

too_large="$(find "$IMAGES" -name '*.png' -size "+${MOST_BYTES}c")"
[[ -z "$too_large" ]] || { echo "manual-screenshots: over ${MOST_BYTES} bytes: ${too_large}" >&2; exit 1; }
