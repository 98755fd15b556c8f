#!/usr/bin/python3
"""Checks that no module includes one above it or beside it; prints each include that does and fails then.

usage: layers.py [SOURCE_FOLDER]
"""
import pathlib
import re
import sys

# From the bottom up; the modules of one row do not know each other.
ROWS = [
    ["base"],
    ["db", "http", "inventory"],
    ["net"],
    ["blob", "store", "vuln"],
    ["auth"],
    ["service"],
    ["scan", "jobs"],
    ["ui", "api", "registry"],
    ["app"],
]
ROW = {module: number for number, row in enumerate(ROWS) for module in row}
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+"([a-z_]+)/', re.MULTILINE)


def violations(source):
    """A line for each include that breaks the order, and for each module that the order does not know."""
    found = []
    for folder in sorted(path for path in source.iterdir() if path.is_dir()):
        if folder.name not in ROW:
            found.append(f"{folder.name}/: not in the order of tools/layers.py")
            continue
        for path in sorted([*folder.rglob("*.h"), *folder.rglob("*.cc")]):
            for match in INCLUDE.finditer(path.read_text()):
                other = match[1]
                if other == folder.name or other not in ROW or ROW[other] < ROW[folder.name]:
                    continue
                line = path.read_text().count("\n", 0, match.start()) + 1
                found.append(f"{path.relative_to(source)}:{line}: {folder.name} must not include {other}")
    return found + build_order(source)


def build_order(source):
    """The build adds the modules from the bottom up too."""
    loop = re.search(r"foreach\(name ([a-z_ \n]+)\)", (source / "CMakeLists.txt").read_text())
    names = loop[1].split() if loop else []
    unknown = [f"CMakeLists.txt: {name} is not in the order of tools/layers.py" for name in names if name not in ROW]
    late = [f"CMakeLists.txt: {second} is built after {first}" for first, second in zip(names, names[1:])
            if first in ROW and second in ROW and ROW[first] > ROW[second]]
    return unknown + late


def main():
    source = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent.parent / "src")
    found = violations(source)
    print("\n".join(found) or "layers: fine")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
