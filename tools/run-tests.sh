#!/bin/bash
# Every suite on the release build: ctest, the web UI's, then the conformance and end-to-end tests on SQLite and on
# PostgreSQL, each with a folder and with Ceph, then what is about object stores on Swift, too. `tools/run-tests.sh
# [FILTER]`; ./dev test installs and builds first.
# Each suite's closing line is its runner's own. Exit status: 0 when all passed, 1 otherwise.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
filter=${1:-}
failed=()
ran=0

echo "== unit and API tests (ctest)"
count=$(ctest --test-dir build/release -N ${filter:+-R "$filter"} | sed -n 's/^Total Tests: //p')
if ((${count:-0} > 0)); then
  ran=1
  # postgres.py and ceph.py start clusters for them and name them in WHARF_TEST_PG_URI and WHARF_TEST_S3.
  /usr/bin/python3 tests/harness/postgres.py /usr/bin/python3 tests/harness/ceph.py ctest --test-dir build/release --output-on-failure --parallel 2 \
    ${filter:+-R "$filter"} || failed+=("ctest")
elif [[ -z $filter ]]; then
  echo "run-tests: ctest has no tests" >&2
  failed+=("ctest")
fi

# pytest answers 5 when the filter fits none of its tests: not a failure when there is a filter.
run_pytest() {
  local name=$1 status=0
  shift
  echo "== $name"
  /usr/bin/python3 -m pytest -q -p no:cacheprovider ${filter:+-k "$filter"} "$@" || status=$?
  case $status in
    0) ran=1 ;;
    5) [[ -n $filter ]] || failed+=("$name") ;;
    *) ran=1 failed+=("$name") ;;
  esac
}

# run_web NAME CONFIG: vitest runs every file, or with a filter those tests whose file or name fits it.
run_web() {
  local name=$1 config=$2 found
  local -a only=()
  if [[ -n $filter ]]; then
    found=$(cd web && npx vitest list --config "$config" 2>/dev/null | grep -iF -- "$filter" || true)
    [[ -n $found ]] || return 0
    # A file that fits runs whole; otherwise the tests whose name fits.
    local files
    files=$(cut -d' ' -f1 <<<"$found" | grep -iF -- "$filter" | sort -u || true)
    if [[ -n $files ]]; then mapfile -t only <<<"$files"; else only=(-t "$filter"); fi
  fi
  echo "== $name"
  ran=1
  (cd web && npx vitest run --config "$config" "${only[@]}") || failed+=("$name")
}
run_web "web unit tests" vite.config.ts
run_web "web flows" vitest.flows.config.ts
run_pytest "checks of the sources" tests/checks
# The tests of nodes that share things bring database and store themselves: once is enough.
nodes=(tests/e2e/test_object_store.py tests/e2e/test_outage.py tests/e2e/test_proxy.py tests/e2e/test_s3_ways.py
  tests/e2e/test_shared_database.py)
for engine in sqlite postgres; do
  for store in filesystem ceph; do
    run_pytest "OCI conformance and end-to-end tests on $engine and $store" tests/conformance tests/e2e \
      --engine "$engine" --store "$store" "${nodes[@]/#/--ignore=}"
  done
done
run_pytest "nodes on PostgreSQL and Ceph" "${nodes[@]}" --engine postgres --store ceph
run_pytest "OCI conformance and nodes on PostgreSQL and Swift" tests/conformance tests/e2e/test_object_store.py \
  --engine postgres --store swift
if [[ -z $filter || S3ClientAtAStore == *"$filter"* ]]; then
  echo "== the object store's tests on Swift"
  ran=1
  /usr/bin/python3 tests/harness/openstack_swift.py build/release/src/blob/blob_test --gtest_brief=1 \
    --gtest_filter='S3*:*/s3' || failed+=("blob_test on Swift")
fi

if ((ran == 0)); then
  echo "run-tests: no test fits '$filter'" >&2
  exit 1
fi
if ((${#failed[@]})); then
  (IFS=,; echo "run-tests: failed: ${failed[*]}" >&2)
  exit 1
fi
