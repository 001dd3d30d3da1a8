#!/usr/bin/env bash
# Draws the pictures of the sample city's rich menus (config/menus/todoke) from assets/menus/menu.html.
#
#   CHROMIUM=…    the browser that draws [default: /usr/bin/chromium; with fonts-noto-cjk]
#
# LINE takes at most 1 MB a picture.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly LIMIT_SECONDS=60
readonly MOST_BYTES=1000000
readonly FOLDER="config/menus/todoke"
CHROMIUM="${CHROMIUM:-/usr/bin/chromium}"
[[ -x "$CHROMIUM" ]] || { echo "draw-menus: $CHROMIUM is not there; apt-get install chromium fonts-noto-cjk" >&2; exit 1; }
[[ -n "$(fc-list ':lang=ja' 2>/dev/null)" ]] || { echo "draw-menus: no Japanese font; apt-get install fonts-noto-cjk" >&2; exit 1; }

profile="$(mktemp -d)"
trap 'rm -rf "$profile"' EXIT

draw() { # language, file
  timeout --kill-after=10 "$LIMIT_SECONDS" "$CHROMIUM" --headless --no-sandbox --disable-gpu --no-first-run \
    --disable-background-networking --user-data-dir="$profile" --hide-scrollbars --force-device-scale-factor=1 \
    --window-size=2500,1686 --screenshot="$FOLDER/$2" "file://$PWD/assets/menus/menu.html#$1" 2>/dev/null
  bytes="$(stat --format=%s "$FOLDER/$2")"
  ((bytes <= MOST_BYTES)) || { echo "draw-menus: $2 has $bytes bytes, over $MOST_BYTES" >&2; exit 1; }
  echo "$FOLDER/$2 $bytes bytes"
}

draw ja main.png
draw en main-en.png
