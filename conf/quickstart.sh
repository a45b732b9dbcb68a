#!/usr/bin/env bash
# Veilgate from nothing to a de-identified photo in a research PACS, on this host only:
#
#   bash conf/quickstart.sh           sets up, sends sample photos, shows what became of each, runs until Ctrl-C
#   bash conf/quickstart.sh --once    the same, then stops; exit status 0 only if every photo arrived clean
#   bash conf/quickstart.sh --keep    keeps what earlier runs received (otherwise .quickstart starts empty)
#
# Debian 12 or later, as root or through sudo. What is installed or built already is skipped.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
data=$root/.quickstart
gateway=$root/build/release/veilgate
config=$data/quickstart.yaml
readonly steps=9 start_limit_s=60 process_limit_s=600

once=false
keep=false
for argument in "$@"; do
  case $argument in
    --once) once=true ;;
    --keep) keep=true ;;
    -h | --help) sed -n '2,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) echo "quickstart: unknown option $argument (known: --once, --keep)" >&2; exit 2 ;;
  esac
done

# shellcheck source=conf/quickstart/common.sh
source conf/quickstart/common.sh
# shellcheck source=conf/quickstart/photos.sh
source conf/quickstart/photos.sh
# shellcheck source=conf/quickstart/report.sh
source conf/quickstart/report.sh

children=()
# shellcheck disable=SC2317  # called by the trap
stop_children() {
  local child
  trap - EXIT INT TERM
  # The gateway was started last and stops first, so that what it is sending still arrives.
  for ((i = ${#children[@]} - 1; i >= 0; --i)); do
    child=${children[i]}
    kill -TERM "$child" 2>/dev/null || continue
    wait "$child" 2>/dev/null || true
  done
}
trap stop_children EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

step 'Packages'
bash conf/install.sh build fetch run

step 'Models, runtime and sample photos (pinned, checked by sha256)'
bash conf/fetch.sh

step 'Build (the first time takes some minutes)'
cmake --preset release >"$(log_of configure)" 2>&1 || { tail -n 20 "$(log_of configure)"; fail 'cmake failed'; }
cmake --build --preset release

step 'A fresh data folder'
prepare_data
orthanc_dicom=$(free_port 4242)
orthanc_http=$(free_port 8042 "$orthanc_dicom")
receive_port=$(free_port 11112 "$orthanc_dicom" "$orthanc_http")
write_configurations
"$gateway" check --config "$config" || fail 'the configuration is not accepted'

step 'Research PACS: Orthanc'
start_orthanc
say "Orthanc listens: DICOM 127.0.0.1:$orthanc_dicom (AE ORTHANC), browser http://127.0.0.1:$orthanc_http"

step 'Gateway'
start_gateway
say "Veilgate listens: DICOM 127.0.0.1:$receive_port (AE VEILGATE)"

step 'Sample photos: a face, a drawn label with a code, identifying attributes'
make_photos

step 'Sending with storescu, waiting for the pipeline'
send_photos
wait_until_done

step 'What became of each photo'
clean=true
report || clean=false
show_places

if $once; then
  $clean || fail 'not every photo arrived clean'
  say 'every photo arrived clean'
  exit 0
fi
say 'Gateway and Orthanc keep running. Ctrl-C stops them.'
while kill -0 "$gateway_pid" 2>/dev/null; do sleep 1; done
fail "the gateway ended; see $(log_of gateway)"
