# shellcheck shell=bash
# Parts of conf/quickstart.sh: sample photos as modalities send them, with all that must not get out.

# Invented people. name | ID | birth date | accession number
people='
QUERFELDT^MARGARETHE|MRN-7301944|19610304|ACC88120431
ZIMMERBLOM^THEODORIK|MRN-7301945|19790821|ACC88120432
VANDERSLUYS^ANNELIEKE|MRN-7301946|19851112|ACC88120433
OBERHUMMER^CASPARIUS|MRN-7301947|19920630|ACC88120434
KWIATKOWSKY^LUDMILLA|MRN-7301948|20040215|ACC88120435
FITZWILLOUGHBY^JOCASTA|MRN-7301949|19550909|ACC88120436
'
readonly institution='Saint Elsewhere Dermatology' physician='GRANDCOURT^HERMENGILDE' serial='CAM-SN-5550137'

photo_names=()

# A white label with name, ID, birth date and a QR code, as wristbands and stickers have it.
draw_label() {  # photo name id birth gravity out
  local card=$data/photos/label.png code=$data/photos/code.png
  qrencode -s 6 -m 2 -o "$code" "$3|$2|$4"
  imagemagick -size 560x170 xc:white -fill black -font DejaVu-Sans-Bold -pointsize 34 \
    -annotate +20+50 "${2/^/, }" -pointsize 30 -annotate +20+100 "ID $3" -annotate +20+145 "DOB $4" "$card"
  imagemagick "$card" "$code" -background white -gravity center +append -bordercolor black -border 2 "$card"
  # The comment stays in the JPEG as a COM segment, the camera's EXIF block with its GPS part as APP1.
  imagemagick "$1" "$card" -gravity "$5" -geometry +60+60 -composite -set comment "photo of $2, $3" \
    -sampling-factor 4:2:0 -quality 92 "$6"
  rm -f "$card" "$code"
}

make_dicom() {  # jpeg name id birth accession out
  img2dcm -q -vlp -ka -k "PatientName=$2" -k "PatientID=$3" -k "PatientBirthDate=$4" -k 'PatientSex=O' \
    -k "AccessionNumber=$5" -k 'Modality=XC' -k "InstitutionName=$institution" -k "ReferringPhysicianName=$physician" \
    -k 'StudyDate=20240517' -k 'StudyTime=101500' -k 'Manufacturer=Example Cameras' -k "DeviceSerialNumber=$serial" "$1" "$6" ||
    fail 'img2dcm could not make a DICOM object of the photo'
  # dcmodify knows no VR for a private element and takes its bytes from a file, an even number of them.
  printf '%-64s' "$2" >"$6.private"
  dcmodify -q -nb -i "PatientComments=Relative of $2, phone 555-0137" -i "(0010,1000)=OLD-$3" \
    -i "ImageComments=${2/^/ } left forearm" -i "StudyDescription=Follow-up of $3" \
    -i "(0040,0275)[0].(0040,0007)=Photo for $2" -i "(0040,0275)[0].(0008,0050)=$5" \
    -i '(0029,0010)=EXAMPLE PHOTO APP' -if "(0029,1001)=$6.private" "$6" || fail 'dcmodify could not plant the identifiers'
  rm -f "$6.private"
}

# What must be nowhere in what Orthanc got; one per line, searched in the raw bytes.
needles_of() {  # dicom name id birth accession
  printf '%s\n' "${2%^*}" "${2#*^}" "$3" "${3#MRN-}" "$4" "$5" "$institution" "${physician%^*}" "${physician#*^}" "$serial" \
    '555-0137' 'EXAMPLE PHOTO APP' '20240517' 'ILCE-7' 'SM-G955U'
  dcmdump -q +P SOPInstanceUID +P StudyInstanceUID +P SeriesInstanceUID "$1" | sed -n 's/.*\[\([0-9.]*\)\].*/\1/p' | sort -u
}

make_photos() {
  local gravities=(SouthWest SouthWest SouthEast SouthWest NorthEast SouthEast)  # beside the faces
  local n=0 name id birth accession sample out
  while IFS='|' read -r name id birth accession; do
    [[ -n $name ]] || continue
    n=$((n + 1))
    sample=$root/.deps/samples/sample$n.jpg
    [[ -f $sample ]] || continue
    out=$data/photos/photo$n
    draw_label "$sample" "$name" "$id" "$birth" "${gravities[(n - 1) % 6]}" "$out.jpg"
    make_dicom "$out.jpg" "$name" "$id" "$birth" "$accession" "$out.dcm"
    needles_of "$out.dcm" "$name" "$id" "$birth" "$accession" >"$out.needles"
    photo_names+=("photo$n")
    say "photo$n: $(imagemagick "$out.jpg" -format '%wx%h' info:), VL Photographic Image, JPEG baseline"
  done <<<"$people"
  ((${#photo_names[@]} > 0)) || fail 'there are no sample photos in .deps/samples; run  bash conf/fetch.sh'
}

job_ids() { "$gateway" review list --config "$config" --all --json | jq -r '.[].id' | sort; }

# One by one, so that it is known which object of the gateway is which photo: outside of it nothing tells.
send_photos() {
  local photo before after
  before=$(job_ids)
  for photo in "${photo_names[@]}"; do
    storescu -q -to 10 -aet STORESCU -aec VEILGATE -xy 127.0.0.1 "$receive_port" "$data/photos/$photo.dcm" ||
      fail "storescu: the gateway did not take $photo"
    after=$(job_ids)
    comm -13 <(printf '%s\n' "$before") <(printf '%s\n' "$after") >"$data/photos/$photo.id"
    [[ $(wc -l <"$data/photos/$photo.id") -eq 1 ]] || fail "$photo did not become exactly one object"
    before=$after
    say "$photo: received as $(<"$data/photos/$photo.id")"
  done
}

wait_until_done() {
  local status left i last=''
  for ((i = 0; i < process_limit_s * 2; ++i)); do
    status=$("$gateway" status --config "$config" --json)
    left=$(jq -r '.in_flight' <<<"$status")
    if [[ $left != "$last" ]]; then
      say "$left in flight; $(jq -r '[.states | to_entries[] | select(.value > 0) | "\(.value) \(.key)"] | join(", ")' <<<"$status")"
      last=$left
    fi
    [[ $left == 0 ]] && return
    kill -0 "$gateway_pid" 2>/dev/null || fail "the gateway ended; see $(log_of gateway)"
    sleep 0.5
  done
  say "still $left in flight after $process_limit_s seconds; see $(log_of gateway)"
}
