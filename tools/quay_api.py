#!/usr/bin/python3
"""Which of Quay's operations Wharf serves: joins tools/quay-operations.tsv with what the binary documents.

    tools/quay_api.py BINARY > docs/quay-api.md     writes the document
    tools/quay_api.py --check BINARY                says what does not fit; exit status 1 when something does not

An operation of the table is done when the binary serves its verb and path (the parameters' names aside). The table says
of those that are not done whether they come "later" or "never", and why.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
TABLE = ROOT / "tools" / "quay-operations.tsv"
DOCUMENT = ROOT / "docs" / "quay-api.md"


def shape(verb, path):
    """What two spellings of one operation have in common."""
    return verb.upper(), re.sub(r"{[^}]*}", "{}", path).rstrip("/")


def read_table(text):
    rows = []
    for line in text.splitlines()[1:]:
        group, verb, path, nickname, state, reason = (line.split("\t") + [""] * 5)[:6]
        rows.append({"group": group, "verb": verb, "path": path, "nickname": nickname, "state": state,
                     "reason": reason})
    return rows


def served_by(document):
    """operationId by shape, from a discovery document."""
    return {shape(verb, path): operation["operationId"]
            for path, verbs in document["paths"].items() if path.startswith("/api/v1")
            for verb, operation in verbs.items() if isinstance(operation, dict) and "operationId" in operation}


def join(rows, served):
    for row in rows:
        row["id"] = served.get(shape(row["verb"], row["path"]), "")
    return rows


def problems(rows):
    found = []
    for row in rows:
        name = f"{row['nickname']} ({row['verb']} {row['path']})"
        if row["state"] not in ("", "later", "never"):
            found.append(f"{name}: \"{row['state']}\" is no state")
        elif row["state"] and row["id"]:
            found.append(f"{name} is served, but the table says {row['state']}")
        elif row["state"] and not row["reason"]:
            found.append(f"{name} is {row['state']} for no reason")
        elif not row["state"] and not row["id"]:
            found.append(f"{name} is missing")
    return found


def render(rows, served):
    known = {shape(row["verb"], row["path"]) for row in rows}
    own = sorted((path, verb, served[verb, path]) for verb, path in set(served) - known)
    done = sum(bool(row["id"]) for row in rows)
    lines = ["# Quay's API in Wharf", "",
             "Made by `tools/quay_api.py` from what the binary serves; do not edit.", "",
             f"{done} of Quay's {len(rows)} operations are done.", ""]
    for group in sorted({row["group"] for row in rows}):
        mine = [row for row in rows if row["group"] == group]
        lines += [f"## {group} ({sum(bool(row['id']) for row in mine)} of {len(mine)})", "",
                  "| operation | Quay's name | Wharf |", "|---|---|---|"]
        for row in mine:
            if row["id"]:
                state = "done" if row["id"] == row["nickname"] else f"done, as `{row['id']}`"
            else:
                state = f"{row['state']}: {row['reason']}" if row["state"] else "missing"
            nickname = "" if row["nickname"] == "-" else f"`{row['nickname']}`"
            lines.append(f"| `{row['verb']} {row['path']}` | {nickname} | {state} |")
        lines.append("")
    lines += ["## Wharf's own", "", "| operation | name |", "|---|---|"]
    lines += [f"| `{verb} {path}` | `{name}` |" for path, verb, name in own]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("binary")
    arguments = parser.parse_args()
    served = {}
    # The discovery has the internal operations of the API, the other document what speaks another protocol under /api/v1.
    for form in ([], ["--discovery"]):
        text = subprocess.run([arguments.binary, "openapi", *form], check=True, capture_output=True).stdout
        served |= served_by(json.loads(text))
    rows = join(read_table(TABLE.read_text()), served)
    document = render(rows, served)
    if not arguments.check:
        sys.stdout.write(document)
        return 0
    found = problems(rows)
    if not DOCUMENT.exists() or DOCUMENT.read_text() != document:
        found.append(f"{DOCUMENT.relative_to(ROOT)} is out of date: tools/quay_api.py BINARY > {DOCUMENT.name}")
    print("\n".join(found) or "Quay's operations: fine")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
