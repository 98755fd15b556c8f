"""A PostgreSQL cluster of its own, on loopback, in a temporary folder; as root it runs as the user postgres.

As a program it runs a command beside such a cluster: `postgres.py COMMAND…` sets WHARF_TEST_PG_URI to its URI.
"""
import glob
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

if __package__:
    from .process import free_port, run, stop
else:
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
    from process import free_port, run, stop

_SETTINGS = """\
port = {port}
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
fsync = off
synchronous_commit = off
full_page_writes = off
"""


def _programs():
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"), key=lambda p: int(p.split("/")[4]))
    if not found:
        raise RuntimeError("PostgreSQL's server is not installed (package postgresql-15)")
    return pathlib.Path(found[-1]).parent


def _as_postgres():
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] if os.geteuid() == 0 else []


class Postgres:
    """One cluster. `start()` and `stop()` may alternate; `remove()` ends it and deletes its folder."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="wharf-pg-", dir="/tmp"))
        self.port = free_port()
        self.process = None
        self._databases = 0
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
        run([*_as_postgres(), _programs() / "initdb", "-D", self.folder / "data", "-U", "postgres", "-A", "trust",
             "--no-sync", "--locale=C.UTF-8", "-E", "UTF8"], cwd="/")
        (self.folder / "data/postgresql.auto.conf").write_text(_SETTINGS.format(port=self.port))

    def start(self):
        log = open(self.folder / "log", "ab")
        # setpriv sets the death signal after it changed the user: the kernel forgets an earlier one then.
        death = ["setpriv", "--pdeathsig", "SIGQUIT", *_as_postgres()[1:]]
        self.process = subprocess.Popen([*death, str(_programs() / "postgres"), "-D", str(self.folder / "data")],
                                        cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        log.close()
        deadline = time.monotonic() + 60
        while True:
            probe = run([_programs() / "psql", self.uri(), "-c", "SELECT 1"], check=False)
            if probe.returncode == 0:
                return self
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{(self.folder / 'log').read_text()[-3000:]}")
            time.sleep(0.1)

    def uri(self, database="postgres"):
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def new_database(self):
        """Makes an empty database and returns its URI."""
        self._databases += 1
        name = f"wharf{self._databases}"
        run([_programs() / "psql", self.uri(), "-q", "-c", f"CREATE DATABASE {name}"])
        return self.uri(name)

    def stop(self, how=signal.SIGINT):
        if self.process:
            stop(self.process, term=how)
            self.process = None

    def remove(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def main():
    cluster = Postgres()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        cluster.start()
        return subprocess.run(sys.argv[1:], env={**os.environ, "WHARF_TEST_PG_URI": cluster.uri()}).returncode
    except KeyboardInterrupt:
        return 130
    finally:
        cluster.remove()


if __name__ == "__main__":
    sys.exit(main())
