#!/usr/bin/python3
"""Checks that no source file is over 600 lines; what is generated or only data is not counted."""
import pathlib
import subprocess
import sys

LIMIT = 600
SUFFIXES = {".cc", ".h", ".py", ".sh", ".ts", ".tsx", ".cmake", ".sql", ".css"}
GENERATED = {"web/src/api/schema.d.ts"}


def too_long(root):
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=root,
                            check=True, stdout=subprocess.PIPE).stdout.decode().split("\0")
    found = []
    for name in sorted(filter(None, listed)):
        path = root / name
        if path.suffix in SUFFIXES and name not in GENERATED and path.is_file():
            lines = path.read_bytes().count(b"\n")
            if lines > LIMIT:
                found.append(f"{name}: {lines} lines, {LIMIT} are the most")
    return found


def main():
    found = too_long(pathlib.Path(__file__).resolve().parent.parent)
    print("\n".join(found) or "sizes: fine")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
