"""A PostgreSQL cluster of its own, on loopback, in a temporary folder; as root it runs as the user postgres.

As a program it runs a command beside such a cluster: `postgres.py COMMAND…` sets WHARF_TEST_PG_URI to its URI.
"""
import contextlib
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


def as_postgres():
    """What to put before a command that will not be run by root."""
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] if os.geteuid() == 0 else []


def processes(cluster):
    """The ids of a running cluster's processes, the first one's first."""
    children = pathlib.Path(f"/proc/{cluster.process.pid}/task/{cluster.process.pid}/children").read_text().split()
    return [cluster.process.pid, *map(int, children)]


@contextlib.contextmanager
def hung(cluster):
    """A running cluster takes connections and says nothing."""
    pids = processes(cluster)
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


class Postgres:
    """One cluster. `start()` and `stop()` may alternate; `remove()` ends it and deletes its folder. `settings` are more
    lines of configuration. `standby()` makes another cluster that follows this one until it is promoted."""

    def __init__(self, *, settings="", folder="", of=None):
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="wharf-pg-", dir="/tmp"))
        self.port = free_port()
        self.process = None
        self._databases = 0
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
        if of:
            run([*as_postgres(), _programs() / "pg_basebackup", "-D", self.folder / "data", "-d", of.uri(), "-R", "-N",
                 "-c", "fast"], cwd="/")
        else:
            run([*as_postgres(), _programs() / "initdb", "-D", self.folder / "data", "-U", "postgres", "-A", "trust",
                 "--no-sync", "--locale=C.UTF-8", "-E", "UTF8"], cwd="/")
        with open(self.folder / "data/postgresql.auto.conf", "a") as file:  # the last line of a name counts
            file.write(_SETTINGS.format(port=self.port) + settings)

    def start(self):
        log = open(self.folder / "log", "ab")
        # setpriv sets the death signal after it changed the user: the kernel forgets an earlier one then.
        death = ["setpriv", "--pdeathsig", "SIGQUIT", *as_postgres()[1:]]
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

    def sql(self, statement, uri=""):
        """Runs a statement as the superuser, in the database of `uri`, and returns what psql printed of it."""
        return run([_programs() / "psql", uri or self.uri(), "-qAt", "-c", statement]).stdout.strip()

    def standby(self, *, settings=""):
        """A started cluster that has what this one has, and gets what it gets. Commits here wait for it from now on:
        none is lost when this one is, unless this one's settings say otherwise (synchronous_commit)."""
        other = Postgres(settings="synchronous_standby_names = ''\n" + settings, of=self).start()
        self.sql("ALTER SYSTEM SET synchronous_standby_names = '*'")
        self.sql("SELECT pg_reload_conf()")
        deadline = time.monotonic() + 60
        while self.sql("SELECT sync_state FROM pg_stat_replication") != "sync":
            if time.monotonic() > deadline:
                raise RuntimeError(f"the standby does not follow:\n{(other.folder / 'log').read_text()[-3000:]}")
            time.sleep(0.1)
        return other

    def promote(self):
        """Makes a standby one that can be written to; returns once it can."""
        self.sql("SELECT pg_promote(true, 60)")

    def kill(self):
        """SIGKILL for every process of the cluster, as a power cut would."""
        if self.process:
            for pid in processes(self):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

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
