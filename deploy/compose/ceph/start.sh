#!/bin/bash
# start.sh FOLDER ADDRESS READY: a Ceph with everything in FOLDER, made at the first start, and its RadosGW at ADDRESS.
# READY is a file that is there once the bucket is. Environment: S3_ACCESS_KEY, S3_SECRET_KEY, S3_BUCKET (wharf),
# OSD_BYTES (100 GiB, which are taken as they are needed), MON_PORT (6789).
set -euo pipefail
folder=$1 address=$2 ready=$3
: "${S3_ACCESS_KEY:?}" "${S3_SECRET_KEY:?}" "${S3_BUCKET:=wharf}" "${OSD_BYTES:=107374182400}" "${MON_PORT:=6789}"
config=$folder/ceph.conf
rm -f "$ready"
mkdir -p "$folder"

if [[ ! -e $folder/made ]]; then
  fsid=$(uuidgen)
  cat >"$config" <<CONFIG
[global]
fsid = $fsid
mon host = [v2:127.0.0.1:$((MON_PORT + 1)),v1:127.0.0.1:$MON_PORT]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
auth cluster required = none
auth service required = none
auth client required = none
run dir = $folder
admin socket =
log file = /dev/null
mon cluster log file = /dev/null
crash dir = $folder
mon data = $folder/mon
mon allow pool size one = true
mon warn on pool no redundancy = false
mon max pg per osd = 10000
osd data = $folder/osd
osd objectstore = bluestore
bluestore block size = $OSD_BYTES
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
ms mon client mode = crc
ms client mode = crc
ms cluster mode = crc
ms service mode = crc
ms mon cluster mode = crc
ms mon service mode = crc
auth allow insecure global id reclaim = true
rgw dynamic resharding = false
[mon]
paxos propose interval = 0.1
paxos min wait = 0.01
mon osd min in ratio = 0
CONFIG
  mkdir -p "$folder/mon" "$folder/osd"
  monmaptool --create --clobber --fsid "$fsid" --addv a \
    "[v2:127.0.0.1:$((MON_PORT + 1)),v1:127.0.0.1:$MON_PORT]" "$folder/monmap" >/dev/null
  ceph-mon -c "$config" -i a --mkfs --monmap "$folder/monmap"
fi

# Whichever ends first ends all: the container starts again then.
trap 'kill $(jobs -p) 2>/dev/null; wait' EXIT
trap 'exit 143' TERM INT
ceph-mon -c "$config" -f -i a &
if [[ ! -e $folder/made ]]; then
  osd=$(uuidgen)
  ceph -c "$config" osd new "$osd" >/dev/null
  ceph-osd -c "$config" -i 0 --mkfs --osd-uuid "$osd"
fi
ceph-osd -c "$config" -f -i 0 &
radosgw -c "$config" -f -n client.rgw --rgw-frontends="beast endpoint=$address" &

# until SECONDS COMMAND…: again and again, until it succeeds.
until_works() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < deadline)) || { echo "start.sh: gave up: $*" >&2; exit 1; }
    sleep 0.5
  done
}

local_url=http://127.0.0.1:${address##*:}
make_bucket() {
  local empty=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
  curl -sf -o /dev/null -X PUT --aws-sigv4 aws:amz:us-east-1:s3 --user "$S3_ACCESS_KEY:$S3_SECRET_KEY" \
    -H "x-amz-content-sha256: $empty" "$local_url/$S3_BUCKET"
}
until_works 180 curl -sf -o /dev/null "$local_url/"
if [[ ! -e $folder/made ]]; then
  radosgw-admin -c "$config" user create --uid=wharf --display-name=wharf \
    --access-key="$S3_ACCESS_KEY" --secret-key="$S3_SECRET_KEY" >/dev/null
  until_works 60 make_bucket
fi
touch "$folder/made" "$ready"
wait -n
