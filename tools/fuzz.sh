#!/bin/bash
# tools/fuzz.sh [NAME] [SECONDS]: runs the fuzzers of the fuzz preset (all, or those whose name has NAME), 30 s each.
# Inputs that were found are kept in build/fuzz/corpus; one that breaks something is kept in build/fuzz/crashes.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
name=${1:-}
seconds=${2:-30}
if [[ $name =~ ^[0-9]+$ ]]; then seconds=$name name=''; fi
status=0 count=0
while IFS= read -r fuzzer; do
  program=$(basename "$fuzzer")
  count=$((count + 1))
  echo "== $program"
  mkdir -p "build/fuzz/corpus/$program" build/fuzz/crashes
  # Seeds lie beside the source: src/x/y_fuzz.cc and src/x/y_fuzz.corpus/.
  seeds=$(find src tests -type d -name "$program.corpus" | head -1)
  "$fuzzer" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="build/fuzz/crashes/$program-" "build/fuzz/corpus/$program" ${seeds:+"$seeds"} 2>&1 |
    grep -vE '^#[0-9]+\s+(NEW|REDUCE|pulse|RELOAD)' | tail -40
  [[ ${PIPESTATUS[0]} == 0 ]] || { echo "fuzz: $program failed" >&2; status=1; }
done < <(find build/fuzz -type f -perm -u+x -name "*$name*_fuzz" | sort)
if ((count == 0)); then
  echo "fuzz: no fuzzer fits '$name'" >&2
  exit 1
fi
exit "$status"
