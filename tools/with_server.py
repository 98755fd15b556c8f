"""Starts build/release/wharf (or $WHARF_BINARY) in a temporary folder with a user `conformance`, and runs COMMAND….

The command gets the server's URL as its last argument, and OCI_USERNAME and OCI_PASSWORD in its environment.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from harness.server import Wharf  # noqa: E402


def main():
    with tempfile.TemporaryDirectory(prefix="wharf-", dir="/tmp") as folder:
        binary = os.environ.get("WHARF_BINARY", ROOT / "build/release/wharf")
        server = Wharf(binary, pathlib.Path(folder) / "data").start()
        try:
            user = server.initialize("conformance")
            return subprocess.run([*sys.argv[1:], server.url], env={
                **os.environ, "OCI_USERNAME": user.name, "OCI_PASSWORD": user.password}).returncode
        finally:
            server.kill()


if __name__ == "__main__":
    sys.exit(main())
