#!/usr/bin/env bash
# Installs, builds and runs every test:  bash tests/run.sh [arguments for ctest, like -R receive]
# Debian 12 or later, as root or through sudo. What is installed or built already is skipped.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

step() { printf '\n[%s/4] %s\n' "$1" "$2"; }

step 1 'Packages'
bash conf/install.sh all
step 2 'Models and runtime (pinned, checked by sha256)'
bash conf/fetch.sh
step 3 'Build'
cmake --preset ci
cmake --build --preset ci
step 4 'Tests'
ctest --preset ci --parallel "$(nproc)" --output-on-failure "$@"
