#!/bin/bash
# Every suite on the release build: ctest, then the end-to-end and conformance tests on SQLite, then those that touch
# the database again on PostgreSQL. `tools/run-tests.sh [FILTER]`; ./dev test installs and builds first.
# Each suite's closing line is its runner's own. Exit status: 0 when all passed, 1 otherwise.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
filter=${1:-}
failed=()

# One cluster for the unit tests; the end-to-end tests start their own.
cluster=$(mktemp -d /tmp/wharf-ctest-pg.XXXXXX)
cleanup() {
  /usr/bin/python3 tests/e2e/postgres.py stop "$cluster" >/dev/null 2>&1
  rm -rf "$cluster"
}
trap cleanup EXIT
trap 'exit 130' INT TERM
if WHARF_TEST_POSTGRES=$(/usr/bin/python3 tests/e2e/postgres.py start "$cluster"); then
  export WHARF_TEST_POSTGRES
else
  echo "run-tests: PostgreSQL did not start" >&2
  failed+=("PostgreSQL")
fi

echo "== unit and API tests (ctest)"
ctest_arguments=(--test-dir build/release --output-on-failure --parallel 2)
[[ -n $filter ]] && ctest_arguments+=(-R "$filter" --no-tests=ignore)
ctest "${ctest_arguments[@]}" || failed+=("ctest")

# pytest answers 5 when the filter fits none of its tests: not a failure when there is a filter.
run_pytest() {
  local name=$1 status=0
  shift
  echo "== $name"
  /usr/bin/python3 -m pytest -q -p no:cacheprovider ${filter:+-k "$filter"} "$@" || status=$?
  if ((status != 0)) && ! { ((status == 5)) && [[ -n $filter ]]; }; then failed+=("$name"); fi
}
run_pytest "end-to-end tests on SQLite" tests/e2e --engine sqlite
run_pytest "OCI conformance on SQLite" tests/conformance --engine sqlite
run_pytest "end-to-end tests on PostgreSQL" tests/e2e --engine postgres -m both_engines
run_pytest "OCI conformance on PostgreSQL" tests/conformance --engine postgres

if ((${#failed[@]})); then
  printf 'run-tests: failed: %s\n' "${failed[*]}" >&2
  exit 1
fi
