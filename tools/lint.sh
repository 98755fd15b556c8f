#!/bin/bash
# tools/lint.sh [--all]: formatting, layers and sizes of everything; clang-tidy on the sources that differ from main's
# upstream or are not committed (--all: on every source). Exit status: 1 when something was found.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
status=0

mapfile -t sources < <(git ls-files --cached --others --exclude-standard -- 'src/*.cc' 'src/*.h' 'tests/*.cc' 'tests/*.h')
if ((${#sources[@]})); then
  if clang-format-19 --dry-run -Werror "${sources[@]}"; then echo "format: fine"; else status=1; fi
fi
/usr/bin/python3 tools/layers.py || status=1
/usr/bin/python3 tools/sizes.py || status=1

if [[ ${1:-} == --all ]]; then
  mapfile -t tidy < <(printf '%s\n' "${sources[@]}" | grep '\.cc$')
else
  base=$(git merge-base HEAD '@{upstream}' 2>/dev/null || git rev-parse --verify -q HEAD~1 || git rev-parse HEAD)
  mapfile -t tidy < <({ git diff --name-only --diff-filter=d "$base" -- 'src/*.cc' 'tests/*.cc'
    git ls-files --others --exclude-standard -- 'src/*.cc' 'tests/*.cc'; } | sort -u)
fi
if ((${#tidy[@]})); then
  # A compilation database without precompiled headers: clang-tidy cannot read those of another run.
  cmake --preset dev -B build/tidy -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON >/dev/null || exit 1
  # Sources that the build does not name (yet) have no command.
  mapfile -t tidy < <(for file in "${tidy[@]}"; do
    grep -qF "/$file\"" build/tidy/compile_commands.json && echo "$file"; done)
fi
if ((${#tidy[@]})); then
  echo "clang-tidy: ${#tidy[@]} files"
  if printf '%s\0' "${tidy[@]}" | xargs -0 -n 1 -P "$(nproc)" clang-tidy-19 -p build/tidy --quiet 2>/dev/null; then
    echo "clang-tidy: fine"
  else
    status=1
  fi
fi
exit "$status"
