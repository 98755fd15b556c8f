"""docs/quay-api.md says what the binary serves, and leaves no operation of Quay's out without a reason."""
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import quay_api  # noqa: E402


def test_the_list_of_quays_operations_is_up_to_date(request):
    binary = pathlib.Path(request.config.getoption("--wharf"))
    done = subprocess.run([ROOT / "tools/quay_api.py", "--check", binary], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("state", "reason", "served", "fine"), [
    ("", "", True, True), ("", "", False, False), ("later", "with quotas", False, True), ("later", "", False, False),
    ("never", "no such thing", True, False), ("soon", "perhaps", False, False)])
def test_the_check_tells_what_is_missing_from_what_is_to_be(state, reason, served, fine):
    row = {"group": "g", "verb": "GET", "path": "/x", "nickname": "n", "state": state, "reason": reason,
           "id": "n" if served else ""}
    assert (quay_api.problems([row]) == []) == fine
