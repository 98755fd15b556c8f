#!/bin/bash
# The clients of registries that are Go modules (crane, oras, helm, cosign) against a fresh Wharf.
#   tools/go-clients.sh [PYTEST ARGUMENTS]
# Needs Go 1.24 or later and its module proxy; the programs are kept in the user's cache. Not part of ./dev test.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
programs=${XDG_CACHE_HOME:-$HOME/.cache}/wharf/go-clients
declare -A modules=(
  [crane]=github.com/google/go-containerregistry/cmd/crane@v0.22.1
  [oras]=oras.land/oras/cmd/oras@v1.3.6
  [helm]=helm.sh/helm/v3/cmd/helm@v3.22.0
  [cosign]=github.com/sigstore/cosign/v2/cmd/cosign@v2.6.5
)
mkdir -p "$programs"
for program in "${!modules[@]}"; do
  [[ -x $programs/$program ]] && continue
  command -v go >/dev/null || { echo "go-clients: no Go toolchain here" >&2; exit 2; }
  echo "go-clients: installing $program" >&2
  GOBIN=$programs go install "${modules[$program]}"
done
export WHARF_GO_CLIENTS=$programs
exec /usr/bin/python3 -m pytest -q -p no:cacheprovider tests/field "$@"
