#!/usr/bin/env bash
# Runs the steps of the Dockerfile by hand, where there is no container engine: builds, lays the files out
# as the image does, starts `todoke serve` as a user that is not root, and asks `todoke healthcheck`.
set -euo pipefail
cd "$(dirname "$0")/.."

stage=$(mktemp -d)
pid=""
leave() {
  if [ -n "$pid" ]; then kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; fi
  rm -rf "$stage"
}
trap leave EXIT

# First stage: exactly the files that the Dockerfile copies must be enough to build.
mkdir "$stage/build"
for path in $(sed -n '/AS build/,/^RUN/s/^COPY //p' Dockerfile | sed 's/ [^ ]*$//'); do cp -r "$path" "$stage/build/"; done
(cd "$stage/build" && CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$OLDPWD/target}" cargo build --locked --release --bin todoke)

# Second stage.
home="$stage/srv"
install -d -m 755 "$home" "$home/config" "$home/bin"
install -d -m 700 "$home/data"
install -m 755 "${CARGO_TARGET_DIR:-target}/release/todoke" "$home/bin/todoke"
cp -r config/accounts "$home/config/accounts"
cp -r config/menus "$home/config/menus"
cp -r intents "$home/intents"
chmod 755 "$stage"
as=()
if [ "$(id -u)" = 0 ]; then
  chown -R nobody "$home"
  as=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
fi
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cd "$home"
export TODOKE_SERVER__LISTEN=127.0.0.1:$port
TODOKE_ACCOUNT_TODOKE__CHANNEL_SECRET=0123456789abcdef0123456789abcdef \
TODOKE_ACCOUNT_TODOKE__CHANNEL_ACCESS_TOKEN=image-steps \
  "${as[@]}" bin/todoke serve &
pid=$!
for _ in $(seq 100); do
  if "${as[@]}" bin/todoke healthcheck >/dev/null; then break; fi
  kill -0 "$pid"
  sleep 0.1
done
"${as[@]}" bin/todoke healthcheck
kill -TERM "$pid"
wait "$pid"
pid=""
echo "image steps: built, served without root, healthy, stopped with code 0"
