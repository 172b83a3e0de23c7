#!/bin/sh
# Installs Debian packages, as root: apt-install.sh PACKAGE…
#
# Some packages hold a server beside the program that tests run: nginx, prometheus with its promtool, PostgreSQL. None is
# wanted as a service of this machine, but its postinst would start it, and enable it for the next boot. policy-rc.d is
# Debian's way to forbid the first, with systemd and without, in a container and on a host; ours forbids the servers that
# are new here only, asks the one that was there about all else, and goes when apt is done. A server that was installed
# before stays as it is: it is somebody's.
set -eu
export DEBIAN_FRONTEND=noninteractive

servers='nginx prometheus postgresql' # package and service have one name
policy=${RXGST_POLICY:-/usr/sbin/policy-rc.d} # the tests have one of their own
mark='rxgst: do not start servers while their packages are installed'

is_installed() {
  case "$(dpkg-query -W -f='${db:Status-Abbrev}' "$1" 2> /dev/null)" in ?i*) return 0 ;; *) return 1 ;; esac
}

give_policy_back() {
  if [ -e "$policy.before-rxgst" ]; then
    mv -f "$policy.before-rxgst" "$policy"
  elif grep -qs "$mark" "$policy"; then
    rm -f "$policy"
  fi
}

keep_quiet() {
  give_policy_back # a killed run may have left one
  trap give_policy_back EXIT
  trap 'exit 130' HUP INT TERM
  if [ -e "$policy" ]; then mv "$policy" "$policy.before-rxgst"; fi
  cat > "$policy" <<POLICY
#!/bin/sh
# $mark
for server in $*; do
  if [ "\$1" = "\$server" ] || [ "\$1" = "\$server.service" ]; then exit 101; fi
done
if [ -x "$policy.before-rxgst" ]; then exec "$policy.before-rxgst" "\$@"; fi
exit 0
POLICY
  chmod 755 "$policy"
}

# dpkg waits until each file is on the disk, so that a machine that loses its power still starts. Where no init runs, in a
# container or a chroot, nothing starts, and the wait is a quarter of the time: Debian's images for containers have the
# same setting.
runs_init() {
  case "$(cat "${RXGST_FIRST_PROCESS:-/proc/1/comm}" 2> /dev/null)" in
    '' | systemd | init | *-init | runit | s6-svscan | dinit | launchd) return 0 ;;
    *) return 1 ;;
  esac
}

# Another apt may be at work (unattended upgrades): wait for its lock. A question about a changed configuration file
# keeps the file, since nobody is there to answer.
install_packages() {
  if ! runs_init; then set -- -o Dpkg::Options::=--force-unsafe-io "$@"; fi
  apt-get install -y --no-install-recommends \
    -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 \
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@"
}

new_servers=
for server in $servers; do
  # Of a server that was there its files are, too: PostgreSQL has a package for each version.
  if is_installed "$server" || is_installed "$server-common"; then continue; fi
  case " $* " in *" $server "*) new_servers="$new_servers $server" ;; esac
done

# Split into its words on purpose
if [ "$new_servers" ]; then keep_quiet $new_servers; fi

# The lists on the disk will often do. When they do not (a container ships none; an old list names files that are gone),
# apt says so within a second.
if ! install_packages "$@"; then
  echo 'Fetching new package lists'
  apt-get update -o Acquire::Retries=3
  install_packages "$@"
fi

for server in $new_servers; do update-rc.d "$server" disable; done
