#!/usr/bin/env bash
# Follows docs/server/install.md on an empty Debian, literally: the packages as npm would have them, the apt-get line
# that the first install prints, the doctor, and then the guide's configuration, server and stream up to the picture in
# Chromium.
#
#   sudo scripts/test/check-guide.sh                    Debian 12
#   sudo scripts/test/check-guide.sh --suite trixie     the options of scripts/check-fresh.sh
set -euo pipefail

checkout=$(cd "$(dirname "$0")/../.." && pwd)
packages=$checkout/guide-packages
say() { printf '── %s: %s\n' "$(date +%T)" "$*"; }

if [[ ${1-} != inside ]]; then
  trap 'rm -rf "$packages" "$checkout/server/dist"' EXIT
  mkdir -p "$packages"
  cd "$checkout"
  node scripts/lib/prepack-server.mjs
  for workspace in . server; do
    npm pack --silent --ignore-scripts --workspaces=false --pack-destination "$packages" "./$workspace" > /dev/null
  done
  # git ignores *.tgz, and the working tree is what it does not ignore.
  for package in "$packages"/*.tgz; do mv "$package" "${package%.tgz}.tar.gz"; done
  scripts/check-fresh.sh --working-tree "$@" bash scripts/test/check-guide.sh inside
  exit
fi

mkdir /root/rxgst
cd /root/rxgst
npm init -y > /dev/null
install() { npm install --no-audit --no-fund "$packages"/rxgst-[0-9]*.tar.gz "$packages"/rxgst-server-*.tar.gz; }
say 'npm install'
if install > /root/install.log 2>&1; then
  say 'it needed nothing'
else
  line=$(grep -oE 'apt-get install [a-z0-9 .+-]+' /root/install.log | head -1) || true
  if [[ ! $line ]]; then cat /root/install.log; exit 1; fi
  say "it asks for: $line"
  apt-get update -qq
  # shellcheck disable=SC2086 # the words of the line
  DEBIAN_FRONTEND=noninteractive $line -y -qq > /root/apt.log 2>&1 || { tail -20 /root/apt.log; exit 1; }
  install || { say 'the second install failed'; exit 1; }
fi
say 'npx rxgst doctor'
npx rxgst doctor
npx rxgst config check --help > /dev/null

# What the test of the guide needs besides: a checkout that is set up, and Chromium, without which it is left out.
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium > /root/apt.log 2>&1 ||
  { tail -20 /root/apt.log; exit 1; }
cd /rxgst
RXGST_GUIDE_PROGRAM=$(realpath /root/rxgst/node_modules/.bin/rxgst) npm test -- server/test/e2e/guide |
  tee /root/guide.log
if grep -q skipped /root/guide.log; then say 'the guide was left out'; exit 1; fi
