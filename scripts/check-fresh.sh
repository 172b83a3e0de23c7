#!/usr/bin/env bash
# Checks the package lists: runs a command in a checkout on an empty Debian 12 that holds Node.js and nothing else.
#
#   sudo scripts/check-fresh.sh                                npm test, in a clone of the last commit
#   sudo scripts/check-fresh.sh npm start -- --seconds 5       another command
#   sudo scripts/check-fresh.sh --working-tree npm test        with the files as they are, uncommitted ones too
#   sudo scripts/check-fresh.sh --npm 10 npm test              with another npm than this machine's
#
# Takes debootstrap, git and root. Node.js and npm are copied from this machine, which must run Debian or its like;
# so are, for the run only, its way to the network: name servers, apt's and npm's settings, proxies, certificates.
# The command runs in namespaces of its own: what it mounts or leaves running ends with it.
set -euo pipefail

suite=bookworm
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
working_tree=no
npm_version=
while [[ ${1-} == --* ]]; do
  case $1 in
    --working-tree) working_tree=yes; shift ;;
    --npm) npm_version=$2; shift 2 ;;
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
debootstrap --variant=minbase "$suite" "$root" "$mirror" > "$root.log" 2>&1 || { tail -20 "$root.log"; exit 1; }
rm "$root.log"

say "Node.js $(node --version), at the place it has here"
node=$(realpath "$(command -v node)")
prefix=$(dirname "$(dirname "$node")")
npm=$prefix/lib/node_modules/npm
mkdir -p "$root$prefix"/{bin,include,lib/node_modules}
cp "$node" "$root$prefix/bin/node"
cp -a "$prefix/include/node" "$root$prefix/include/"
if [[ $npm_version ]]; then
  (cd "$root" && tar -xzf "$(npm pack --silent "npm@$npm_version")" && mv package "$root$npm" && rm npm-*.tgz)
else
  cp -a "$npm" "$root$npm"
fi
for tool in npm npx; do ln -s "../lib/node_modules/npm/bin/$tool-cli.js" "$root$prefix/bin/$tool"; done

# The way to the network. nodedir is left out of npm's settings: whether set-up finds the headers is part of the check.
cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
apt-config dump | grep -E '^Acquire::(http|https|Check|Retries|ForceIPv)' > "$root/etc/apt/apt.conf.d/00host" || true
for list in /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources; do
  if [[ -e $list ]]; then rm -f "$root/etc/apt/sources.list"; cp "$list" "$root$list"; fi
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
say "exit code $status after $((SECONDS - started)) s"
exit "$status"
