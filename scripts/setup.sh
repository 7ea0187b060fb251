#!/bin/sh
# Installs what npm cannot: redis-server. Safe to run again.
set -eu

if command -v redis-server >/dev/null 2>&1; then
  echo "redis-server is installed: $(redis-server --version | cut -d' ' -f1-3)"
  exit 0
fi

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null 2>&1; then
    sudo "$@"
  else
    echo "setup: installing redis-server needs root, and there is no sudo. Run this as root: $*" >&2
    exit 1
  fi
}

if command -v apt-get >/dev/null 2>&1; then
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends redis-server
elif command -v brew >/dev/null 2>&1; then
  brew install redis
else
  echo "setup: neither apt-get nor brew is here. Install redis-server 6.2 or newer with your package manager." >&2
  exit 1
fi

command -v redis-server >/dev/null 2>&1 || {
  echo "setup: the package was installed, but redis-server is still not on PATH." >&2
  exit 1
}
echo "redis-server is installed: $(redis-server --version | cut -d' ' -f1-3)"
