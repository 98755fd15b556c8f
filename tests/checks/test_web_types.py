"""The types of the web UI are those of the API that the binary serves."""
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def test_the_web_uis_types_are_up_to_date(request):
    binary = pathlib.Path(request.config.getoption("--wharf")).resolve()
    done = subprocess.run(["node", "scripts/schema.mjs", "--check", binary], cwd=ROOT / "web", capture_output=True,
                          text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_lock_file_names_no_registry():
    assert '"resolved"' not in (ROOT / "web/package-lock.json").read_text()
