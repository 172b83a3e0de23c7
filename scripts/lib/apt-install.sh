#!/bin/sh
# Installs Debian packages, as root: apt-install.sh PACKAGE…
#
# nginx is needed as a program that tests start, never as this machine's web server. Its postinst would start it, and
# enable it for the next boot. policy-rc.d is Debian's way to forbid the first, with systemd and without, in a container
# and on a host; ours forbids nginx only, asks the one that was there about all else, and goes when apt is done.
set -eu
export DEBIAN_FRONTEND=noninteractive

policy=/usr/sbin/policy-rc.d
mark='rxgst: do not start nginx while its package is installed'

give_policy_back() {
  if [ -e "$policy.before-rxgst" ]; then
    mv -f "$policy.before-rxgst" "$policy"
  elif grep -qs "$mark" "$policy"; then
    rm -f "$policy"
  fi
}

keep_nginx_quiet() {
  give_policy_back # a killed run may have left one
  trap give_policy_back EXIT
  trap 'exit 130' HUP INT TERM
  if [ -e "$policy" ]; then mv "$policy" "$policy.before-rxgst"; fi
  cat > "$policy" <<POLICY
#!/bin/sh
# $mark
if [ "\$1" = nginx ] || [ "\$1" = nginx.service ]; then exit 101; fi
if [ -x "$policy.before-rxgst" ]; then exec "$policy.before-rxgst" "\$@"; fi
exit 0
POLICY
  chmod 755 "$policy"
}

# Another apt may be at work (unattended upgrades): wait for its lock. A question about a changed configuration file
# keeps the file, since nobody is there to answer.
install_packages() {
  apt-get install -y --no-install-recommends \
    -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 \
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@"
}

nginx_is_new=no
case " $* " in *' nginx '*) nginx_is_new=yes ;; esac

if [ "$nginx_is_new" = yes ]; then keep_nginx_quiet; fi

# The lists on the disk will often do. When they do not (a container ships none; an old list names files that are gone),
# apt says so within a second.
if ! install_packages "$@"; then
  echo 'Fetching new package lists'
  apt-get update -o Acquire::Retries=3
  install_packages "$@"
fi

if [ "$nginx_is_new" = yes ]; then update-rc.d nginx disable; fi
