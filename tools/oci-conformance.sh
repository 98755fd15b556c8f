#!/bin/bash
# Runs OCI's own conformance program against a fresh Wharf: all APIs and all kinds of data of version 1.1.
#   tools/oci-conformance.sh                    starts build/release/wharf in a temporary folder
#   tools/oci-conformance.sh http://HOST:PORT   a registry that is there; OCI_USERNAME, OCI_PASSWORD, OCI_REPO1, OCI_REPO2
# Needs Go 1.24 or later and its module proxy. The reports go to build/oci-conformance/. Exit status: the program's own.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
module=github.com/opencontainers/distribution-spec/conformance
version=${OCI_CONFORMANCE_VERSION:-v0.0.0-20260831232431-97274622c111}
cache=${XDG_CACHE_HOME:-$HOME/.cache}/wharf/oci-conformance/$version
results=$PWD/build/oci-conformance
program=$cache/conformance

if [[ ! -x $program ]]; then
  command -v go >/dev/null || { echo "oci-conformance: no Go toolchain here" >&2; exit 2; }
  mkdir -p "$cache"
  GOBIN=$cache go install "$module@$version"
fi

target=${1:-}
if [[ -z $target ]]; then
  # The server, its first user and the environment for the program, in one process tree.
  exec /usr/bin/python3 tools/with_server.py "$0"
fi

case $target in
  https://*) tls=enabled ;;
  *) tls=disabled ;;
esac
mkdir -p "$results"
export OCI_REGISTRY=${target#*://} OCI_TLS=${OCI_TLS:-$tls} OCI_VERSION=1.1 OCI_RESULTS_DIR=$results
export OCI_REPO1=${OCI_REPO1:-conformance/one} OCI_REPO2=${OCI_REPO2:-conformance/two}
export OCI_API_BLOBS_DIGEST_HEADER=true OCI_API_MANIFESTS_DIGEST_HEADER=true OCI_API_BLOBS_UPLOAD_CANCEL=true
status=0
"$program" || status=$?
echo "oci-conformance: reports are in $results" >&2
exit "$status"
