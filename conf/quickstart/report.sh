# shellcheck shell=bash
# Parts of conf/quickstart.sh: what arrived, checked with other people's tools.

orthanc() { curl -fsS "http://127.0.0.1:$orthanc_http$1" "${@:2}"; }

# The photo as Orthanc has it, found by the UID that the gateway gave it. Empty when it is not there.
download() {  # photo output_file
  local uid instance
  [[ -f $2 ]] || return 0
  uid=$(dcmdump -q +P SOPInstanceUID "$2" | sed -n 's/.*\[\([0-9.]*\)\].*/\1/p' | head -n 1)
  instance=$(orthanc /tools/lookup -X POST -d "$uid" | jq -r '.[] | select(.Type == "Instance") | .ID' | head -n 1)
  [[ -n $instance ]] || return 0
  orthanc "/instances/$instance/file" -o "$data/received/$1.dcm"
}

# The same data set as the gateway verified? Both are brought into one form by dcmconv first.
same_dataset() {
  local mine=$data/received/mine.tmp theirs=$data/received/theirs.tmp same=false
  dcmconv -q -F "$1" "$mine" && dcmconv -q -F "$2" "$theirs" && cmp -s "$mine" "$theirs" && same=true
  rm -f "$mine" "$theirs"
  $same
}

# Identifiers that are left in the raw bytes of what arrived.
leaks() { grep -aoiFf "$data/photos/$1.needles" "$data/received/$1.dcm" | sort -u; }

side_by_side() {
  local before=$data/photos/$1.jpg after=$data/received/$1.png
  dcmj2pnm -q +on "$data/received/$1.dcm" "$after"
  imagemagick \( "$before" -resize 900x900 -gravity south -background white -splice 0x40 -font DejaVu-Sans -pointsize 24 \
    -annotate +0+8 'sent' \) \( "$after" -resize 900x900 -gravity south -background white -splice 0x40 \
    -font DejaVu-Sans -pointsize 24 -annotate +0+8 'in the research PACS' \) -background white +append \
    "$data/pictures/$1.png"
}

report_photo() {  # photo; 0 when it arrived clean
  local photo=$1 job output state arrived=no left='-' delivery good=true
  job=$("$gateway" review show --config "$config" --json "$(<"$data/photos/$photo.id")")
  state=$(jq -r '.state' <<<"$job")
  delivery=$(jq -r '[.deliveries[] | "\(.destination) \(.state)"] | join(", ")' <<<"$job")
  output=$(jq -r '.output_file // ""' <<<"$job")
  [[ $state == forwarded ]] && download "$photo" "$output"
  if [[ -f $data/received/$photo.dcm ]]; then
    arrived=yes
    same_dataset "$output" "$data/received/$photo.dcm" || arrived='altered'
    left=$(leaks "$photo" | wc -l)
    side_by_side "$photo"
  fi
  [[ $state == forwarded && $arrived == yes && $left == 0 ]] || good=false
  printf '      %-8s %-12s %5s %5s %5s  %-20s %-8s %s\n' "$photo" "$state" "$(jq -r '.regions.face' <<<"$job")" \
    "$(jq -r '.regions.text' <<<"$job")" "$(jq -r '.regions.barcode' <<<"$job")" "${delivery:--}" "$arrived" "$left"
  if [[ $state != forwarded ]]; then
    say "         why: $(jq -r '"\(.reason_code): \(.reason)"' <<<"$job")"
    jq -r '.facts.verify.findings[]? | "               \(.code) \(.where)"' <<<"$job"
  fi
  $good
}

report() {
  local photo all_good=true
  printf '      %-8s %-12s %5s %5s %5s  %-20s %-8s %s\n' photo state faces text codes destination 'in PACS' 'identifiers left'
  for photo in "${photo_names[@]}"; do report_photo "$photo" || all_good=false; done
  printf '\n'
  "$gateway" reconcile --config "$config" | sed 's/^/      /' || all_good=false
  "$gateway" audit verify --config "$config" | sed 's/^/      /' || all_good=false
  $all_good
}

show_places() {
  cat <<END

      pictures    $data/pictures/*.png   (sent | in the research PACS)
      received    $data/received/*.dcm   (as Orthanc has them)
      Orthanc     http://127.0.0.1:$orthanc_http
      data, logs  $data   configuration $config
      the program $gateway --help

      Send your own:      storescu -aec VEILGATE -xy 127.0.0.1 $receive_port YOUR.dcm
      from a JPEG file:   img2dcm -vlp YOUR.jpg YOUR.dcm
      What waits for you: $gateway review list --config $config
      One object of it:   $gateway review show --config $config ID
END
}
