#!/usr/bin/env bash
# Installs what conf/packages.txt lists for the given purposes: bash conf/install.sh [build|fetch|run|test|all]...
# Debian 12 or later, as root or through sudo. Quick when nothing is missing. Touches no apt sources.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '[install] %s\n' "$*"; }
die() { printf '[install] error: %s\n' "$*" >&2; exit 1; }

packages_of() {  # section -> its packages
  awk -v want="[$1]" '{sub(/#.*/, "")} /^\[/ {on = ($1 == want); next} on && NF {print $1}' conf/packages.txt
}

is_installed() { [[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" == installed ]]; }

as_root() {
  if [[ $EUID -eq 0 ]]; then "$@"; else sudo -- "$@"; fi
}

# Services that packages would start (Orthanc would take its ports) stay off while we install; only ours is removed.
policy=/usr/sbin/policy-rc.d
policy_is_ours=no
forbid_service_start() {
  [[ -e $policy ]] && return
  printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
  as_root chmod 755 "$policy"
  policy_is_ours=yes
}
allow_service_start() { if [[ $policy_is_ours == yes ]]; then as_root rm -f "$policy"; fi; }
trap allow_service_start EXIT

apt() {  # with retries: mirrors and locks fail now and then
  local attempt
  for attempt in 1 2 3; do
    if as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 "$@"; then
      return
    fi
    say "apt-get $1 failed (attempt $attempt of 3)"
    sleep $((attempt * 5))
  done
  die "apt-get $1 failed three times"
}

sections=("$@")
[[ ${#sections[@]} -gt 0 ]] || sections=(all)
[[ " ${sections[*]} " == *" all "* ]] && sections=(build fetch run test)

wanted=()
for section in "${sections[@]}"; do
  case $section in
    build | fetch | run | test) mapfile -t -O ${#wanted[@]} wanted < <(packages_of "$section") ;;
    *) die "unknown section '$section' (build, fetch, run, test or all)" ;;
  esac
done

missing=()
for package in $(printf '%s\n' "${wanted[@]}" | sort -u); do
  # Node.js from another vendor brings npm and conflicts with Debian's package of it.
  if [[ $package == npm ]] && command -v npm >/dev/null; then continue; fi
  is_installed "$package" || missing+=("$package")
done

if [[ ${#missing[@]} -eq 0 ]]; then
  say "all packages for ${sections[*]} are there"
  exit 0
fi
command -v apt-get >/dev/null || die "no apt-get: this needs Debian 12 or later; install by hand: ${missing[*]}"
[[ $EUID -eq 0 ]] || command -v sudo >/dev/null || die "must run as root or with sudo, to install: ${missing[*]}"
say "installing ${#missing[@]} packages for ${sections[*]}: ${missing[*]}"
forbid_service_start
apt update
apt install -y --no-install-recommends "${missing[@]}"
say "done"
