"""The sources keep to their layers and sizes, and the checks would notice if they did not."""
import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import layers  # noqa: E402
import sizes  # noqa: E402


def test_no_module_reaches_up_or_sideways():
    assert layers.violations(ROOT / "src") == []


@pytest.mark.parametrize(("module", "include", "fine"), [
    ("store", "db/database.h", True), ("store", "store/tag.h", True), ("store", "auth/access.h", False),
    ("store", "blob/blob_store.h", False), ("base", "http/message.h", False), ("app", "registry/blobs.h", True)])
def test_the_layer_check_tells_up_from_down(tmp_path, module, include, fine):
    (tmp_path / "CMakeLists.txt").write_text("foreach(name base db http)\nendforeach()\n")
    (tmp_path / module).mkdir()
    (tmp_path / module / "x.cc").write_text(f'#include <vector>\n\n#include "{include}"\n')
    found = layers.violations(tmp_path)
    assert found == ([] if fine else [f"{module}/x.cc:3: {module} must not include {include.split('/')[0]}"])


def test_the_layer_check_reads_the_build_order(tmp_path):
    (tmp_path / "CMakeLists.txt").write_text("foreach(name base auth store)\nendforeach()\n")
    assert layers.violations(tmp_path) == ["CMakeLists.txt: store is built after auth"]


def test_no_file_is_too_long():
    assert sizes.too_long(ROOT) == []
