"""What a read replica takes off its primary: time on processors of PostgreSQL's primary and of its standby for what may
lag (audit log, search), with the standby named to the server and without.

`over` gives rows (title, unit, value). Alone: replica.py WHARF [FOLDER].
"""
import contextlib
import json
import pathlib
import statistics
import sys
import tempfile
import time

import requests

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))

from harness.postgres import Postgres  # noqa: E402
from harness.server import Wharf  # noqa: E402

from nodes import processor_seconds  # noqa: E402

ENTRIES = 200_000  # of the audit log, in 30 days
REPOSITORIES = 20_000
REQUESTS = 300
KINDS = [
    ("page of the log", "/superuser/logs"),
    ("log of 30 days added up", "/superuser/aggregatelogs"),
    ("search of 20,000 repositories", "/find/repositories?query=app-1"),
    ("page of repositories, which may not lag", "/repository?namespace=many"),
]


class Replica:
    def __init__(self, folder, binary, *, rounds=3, requests=REQUESTS):
        self.folder, self.binary, self.rounds, self.requests = pathlib.Path(folder), binary, rounds, requests

    def over(self):
        with contextlib.ExitStack() as stack:
            settings = "fsync = on\nsynchronous_commit = on\nfull_page_writes = on\nshared_buffers = 256MB\n"
            self.primary = Postgres(settings=settings)
            stack.callback(self.primary.remove)
            self.primary.start()
            self.uri = self.primary.new_database()
            self.server = Wharf(self.binary, self.folder / "replica/data", database_uri=self.uri)
            stack.callback(self.server.kill)
            self.server.start()
            self.admin = self.server.initialize("bench")
            self.server.api(self.admin).post("/organization/", status=201, json={
                "name": "many", "email": "many@example.com"})
            self.server.stop()
            self.fill()
            self.standby = self.primary.standby()
            stack.callback(self.standby.remove)
            used = {}
            for round_ in range(self.rounds):
                for named in (False, True):
                    more = {"DB_READ_REPLICAS": [{"DB_URI": self.standby.uri(self.uri.rsplit("/", 1)[1])}]}
                    (self.server.data / "config.yaml").write_text(json.dumps(
                        {"DB_URI": self.uri, **(more if named else {})}))
                    self.server.start()
                    time.sleep(3)  # until the standby is read, and the server has indexed what was put in
                    for title, path in KINDS:
                        self.ask(path, 20)
                        used.setdefault((title, named), []).append(self.measure(path))
                    self.server.stop()
        for title, _ in KINDS:
            for named, words in ((False, "alone"), (True, "with a standby")):
                primary, standby = (statistics.median(sample) for sample in zip(*used[title, named]))
                yield f"{title}, {words}: time of the primary", "µs", primary
                yield f"{title}, {words}: time of the standby", "µs", standby

    def fill(self):
        self.sql("INSERT INTO log_entry (at_ms, kind, namespace_id, performer_id, address, metadata)"
                 " SELECT extract(epoch FROM now()) * 1000 - n * 12960.0, 'push_repo', o.id, u.id, '192.0.2.1', '{}'"
                 f" FROM generate_series(1, {ENTRIES}) n, account o, account u"
                 " WHERE o.name = 'many' AND u.name = 'bench'")
        self.sql("INSERT INTO repository (namespace_id, name, visibility, badge_token, created_ms)"
                 " SELECT o.id, 'app-' || n, 'public', '', extract(epoch FROM now()) * 1000"
                 f" FROM generate_series(1, {REPOSITORIES}) n, account o WHERE o.name = 'many'")
        self.sql("VACUUM ANALYZE")

    def sql(self, statement):
        return self.primary.sql(statement, self.uri)

    def ask(self, path, count):
        with requests.Session() as session:
            session.trust_env = False
            session.headers["Authorization"] = f"Bearer {self.admin.token}"
            for _ in range(count):
                answer = session.get(self.server.url + "/api/v1" + path, timeout=60)
                if answer.status_code != 200:
                    raise SystemExit(f"bench: {path}: {answer.status_code} {answer.text[:500]}")

    def measure(self, path):
        """µs of the primary and of the standby for each request."""
        pids = [self.primary.process.pid], [self.standby.process.pid]
        before = [processor_seconds(group) for group in pids]
        self.ask(path, self.requests)
        return [(processor_seconds(group) - was) / self.requests * 1e6 for group, was in zip(pids, before)]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="replica-", dir=sys.argv[2] if len(sys.argv) > 2 else None) as place:
        for row in Replica(place, str(pathlib.Path(sys.argv[1]).resolve())).over():
            print("| {} | {} | {:,.4g} |".format(*row), flush=True)
