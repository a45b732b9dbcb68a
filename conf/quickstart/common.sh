# shellcheck shell=bash
# Parts of conf/quickstart.sh: messages, data folder, processes. Sourced, never run by itself.

step_number=0
step() { step_number=$((step_number + 1)); printf '\n[%d/%d] %s\n' "$step_number" "$steps" "$*"; }
say() { printf '      %s\n' "$*"; }
fail() { printf '\nquickstart: %s\n' "$*" >&2; exit 1; }

log_of() {
  mkdir -p "$data/logs"
  printf '%s/logs/%s.log' "$data" "$1"
}

# One quickstart at a time in this folder; only a folder that a quickstart has made is ever emptied.
prepare_data() {
  local marker=$data/made-by-quickstart
  mkdir -p "$data"
  exec 9>>"$data/lock"
  flock -n 9 || fail "another quickstart uses $data; stop it first"
  if ! $keep && [[ -e $marker ]]; then
    find "$data" -mindepth 1 -maxdepth 1 ! -name lock ! -name logs -exec rm -rf {} +
  fi
  touch "$marker"
  mkdir -p "$data"/{orthanc,photos,received,pictures}
  rm -f "$data"/photos/* "$data"/received/* "$data"/pictures/*
  say "$data"
}

port_is_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# First free port from $1 on that is none of the others given.
free_port() {
  local port=$1 last=$(($1 + 100))
  shift
  while port_is_taken "$port" || [[ " $* " == *" $port "* ]]; do
    port=$((port + 1))
    ((port <= last)) || fail "no free port up to $last"
  done
  printf '%d' "$port"
}

write_configurations() {
  # Relative paths mean the same here as in conf, since both folders lie in the repository.
  sed -e "s/port: 11112/port: $receive_port/" -e "s/port: 4242/port: $orthanc_dicom/" conf/quickstart.yaml >"$config"
  # Orthanc takes objects of the gateway only, from this host only; its browser page answers this host only.
  cat >"$data/orthanc.json" <<END
{
  "Name": "Research PACS (quickstart)",
  "StorageDirectory": "$data/orthanc", "IndexDirectory": "$data/orthanc", "Plugins": [],
  "RemoteAccessAllowed": false, "AuthenticationEnabled": false, "HttpPort": $orthanc_http,
  "DicomAet": "ORTHANC", "DicomPort": $orthanc_dicom, "DicomCheckCalledAet": true,
  "DicomAlwaysAllowEcho": false, "DicomAlwaysAllowStore": false, "DicomCheckModalityHost": true,
  "DicomModalities": {"veilgate": ["VEILGATE", "127.0.0.1", $receive_port]},
  "StorageCompression": false, "OverwriteInstances": false
}
END
}

# Waits until a command succeeds while a process lives.
wait_for() {
  local pid=$1 name=$2 i
  shift 2
  for ((i = 0; i < start_limit_s * 5; ++i)); do
    "$@" >/dev/null 2>&1 && return
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.2
  done
  tail -n 20 "$(log_of "$name")" >&2
  fail "$name did not start; its log: $(log_of "$name")"
}

start_orthanc() {
  local program
  program=$(command -v Orthanc || echo /usr/sbin/Orthanc)
  # In a session of its own, so that Ctrl-C reaches it only through us, after the gateway.
  setsid "$program" "$data/orthanc.json" >"$(log_of orthanc)" 2>&1 9>&- &
  children+=($!)
  wait_for $! orthanc curl -fsS "http://127.0.0.1:$orthanc_http/system"
}

start_gateway() {
  setsid "$gateway" serve --config "$config" >"$(log_of gateway)" 2>&1 9>&- &
  gateway_pid=$!
  children+=("$gateway_pid")
  wait_for "$gateway_pid" gateway echoscu -q -to 2 -aet STORESCU -aec VEILGATE 127.0.0.1 "$receive_port"
}

# ImageMagick under the name that this Debian gives it.
imagemagick() {
  local name
  for name in convert-im6.q16 convert-im7.q16 convert-im6.q16hdri magick convert; do
    if command -v "$name" >/dev/null; then "$name" "$@"; return; fi
  done
  fail 'ImageMagick is missing: bash conf/install.sh run'
}
