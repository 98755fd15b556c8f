#!/bin/bash
# tools/clean-root.sh [run|test|both] [--keep]: what a newcomer does, in a Debian root that has nothing of ours.
# Makes the root with mmdebstrap, clones HEAD into it, then, in a mount and process namespace of its own:
#   run   ./dev run, until GET /health/instance answers 200; then it is stopped
#   test  ./dev test
# Needs root. --keep leaves the root in place and says where it is.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
what=both keep=''
for argument in "$@"; do
  case $argument in
    run | test | both) what=$argument ;;
    --keep) keep=yes ;;
    *) echo "usage: ./dev clean-root [run|test|both] [--keep]" >&2; exit 2 ;;
  esac
done
if ((EUID != 0)); then
  echo "clean-root: needs root, for chroot and mounts" >&2
  exit 1
fi

new=$(mktemp -d /tmp/wharf-root.XXXXXX)
chmod 755 "$new"
cleanup() {
  if [[ -n $keep ]]; then echo "clean-root: kept in $new" >&2; else rm -rf --one-file-system "$new"; fi
}
trap cleanup EXIT
trap 'exit 130' INT TERM

# The machine's own Debian sources, where it has them; mmdebstrap's default otherwise.
sources=()
for file in /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list; do
  if [[ -s $file ]]; then sources=("$file"); break; fi
done
echo "clean-root: making a Debian root in $new" >&2
mmdebstrap --quiet --mode=root --variant=apt --include=ca-certificates,git bookworm "$new" "${sources[@]}"

# How this machine reaches the package servers: names, proxies, certificates. Nothing else of it.
cp -L /etc/resolv.conf /etc/hosts "$new/etc/" 2>/dev/null || true
for file in /etc/apt/apt.conf.d/* /etc/apt/apt.conf; do
  if [[ -f $file ]] && grep -qiE 'proxy|CaInfo|Verify-Peer' "$file"; then cp "$file" "$new/etc/apt/apt.conf.d/"; fi
done
if [[ -d /usr/local/share/ca-certificates ]]; then
  cp -r /usr/local/share/ca-certificates/. "$new/usr/local/share/ca-certificates/"
  chroot "$new" update-ca-certificates >/dev/null 2>&1 || true
fi
[[ ! -f /etc/ssl/certs/ca-certificates.crt ]] || cp -L /etc/ssl/certs/ca-certificates.crt "$new/etc/ssl/certs/"
git clone --quiet --no-hardlinks "file://$PWD" "$new/root/wharf"

cat >"$new/root/try" <<'INNER'
#!/bin/bash
# Runs inside the root: try run|test|both
set -uo pipefail
cd /
try_run() {
  # No terminal, another folder than the repository's: both must not matter.
  /root/wharf/dev run --listen 127.0.0.1:18080 </dev/null &
  local pid=$! code=''
  for ((n = 0; n < 3600; n++)); do
    code=$(curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:18080/health/instance 2>/dev/null)
    [[ $code == 200 ]] && break
    kill -0 "$pid" 2>/dev/null || break
    sleep 1
  done
  if [[ $code != 200 ]]; then
    kill "$pid" 2>/dev/null
    echo "clean-root: ./dev run did not come to an answer" >&2
    return 1
  fi
  echo "clean-root: ./dev run answers after ${SECONDS} s"
  kill -TERM "$pid"
  wait "$pid" || { echo "clean-root: the server ended with $?" >&2; return 1; }
}
try_test() {
  local start=$SECONDS
  /root/wharf/dev test </dev/null || { echo "clean-root: ./dev test failed" >&2; return 1; }
  echo "clean-root: ./dev test passed after $((SECONDS - start)) s"
}
case $1 in
  run) try_run ;;
  test) try_test ;;
  both) try_run && try_test ;;
esac
INNER
chmod 755 "$new/root/try"

# proc, sys and dev as a machine has them; everything ends with the namespaces.
export new what
unshare --mount --pid --fork --kill-child --propagation private bash -euc '
  mount --bind "$new" "$new"
  mount -t proc proc "$new/proc"
  mount --rbind /sys "$new/sys"
  mount --rbind /dev "$new/dev"
  mount -t tmpfs -o mode=1777 tmpfs "$new/dev/shm" 2>/dev/null || true
  exec env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
    ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} ${no_proxy:+no_proxy="$no_proxy"} \
    NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt \
    chroot "$new" /root/try "$what"
'
