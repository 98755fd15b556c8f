"""Secrets are compared in one way only: by same_secret of base, whose time does not depend on where they differ."""
import pathlib
import re

SRC = pathlib.Path(__file__).resolve().parent.parent.parent / "src"
# What holds a secret, or the hash of one, by the names that the sources give it.
SECRET = r"(?:secret_hash|code_hash|client_secret|sealed_secret|sealed_token|csrf_token|password_hash|setup_code)"
COMPARED = re.compile(rf"\b{SECRET}\b(?:\(\))?\s*[!=]=\s*(?!nullptr|std::nullopt|\"\")|[!=]=\s*(?:\w+(?:\.|->))*{SECRET}\b")


def sources():
    for path in sorted(SRC.rglob("*.cc")) + sorted(SRC.rglob("*.h")):
        if not path.name.endswith("_test.cc"):
            yield path, path.read_text()


def compared(text):
    return [line.strip() for line in text.splitlines() if COMPARED.search(line) and "same_secret" not in line]


def test_only_one_place_compares_in_constant_time():
    found = [path.relative_to(SRC).as_posix() for path, text in sources() if "CRYPTO_memcmp" in text]
    assert found == ["base/secret.cc"]


def test_no_secret_is_compared_by_an_operator():
    found = [f"{path.relative_to(SRC)}: {line}" for path, text in sources() if path.suffix == ".cc"
             for line in compared(text)]
    assert found == []


def test_the_check_would_notice():
    assert compared("if (row->secret_hash == hash) return;") == ["if (row->secret_hash == hash) return;"]
    assert compared("return sent != call.csrf_token;")
    assert not compared("return same_secret(sent, call.csrf_token);")
    assert not compared("SELECT 1 FROM x WHERE secret_hash = $1")
