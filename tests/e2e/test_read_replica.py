"""A standby for reads that may lag: what goes there and what does not, and that nobody notices what becomes of it."""
import contextlib
import re

import pytest
import requests

from harness.hooks import HookSink
from harness.postgres import Postgres, hung
from harness.process import wait_until
from harness.registry import OCI_MANIFEST, Registry
from harness.server import Wharf

# Parts of the statements that may lag, by what they are for.
LOGS, SUMS, SEARCH = "FROM log_entry l LEFT JOIN account p", "sum(l.count)", "FROM repository r CROSS JOIN account n"
SIZE, INSIGHT = "SUM(size_bytes)", "FROM scan_report s WHERE s.manifest_id >"
MAY_LAG = {LOGS, SUMS, SEARCH, SIZE, INSIGHT}
FOREVER = 3600


class Stage:
    """A server on a primary and its standby, and the first user."""

    def __init__(self, binary, folder, max_lag, **settings):
        library = "shared_preload_libraries = 'pg_stat_statements'\n"
        self.primary = Postgres(settings=library).start()
        self.primary.sql("CREATE EXTENSION pg_stat_statements")
        self.standby = self.primary.standby()
        self.uri = self.primary.new_database()
        self.database = self.uri.rsplit("/", 1)[1]
        self.until_followed()
        self.server = Wharf(binary, folder / "data", database_uri=self.uri, settings={
            "DB_READ_REPLICAS": [{"DB_URI": self.standby.uri(self.database)}], "DB_REPLICA_MAX_LAG_S": max_lag,
            "SSRF_ALLOWED_HOSTS": ["127.0.0.1"], "PERMANENTLY_DELETE_TAGS": True, **settings})
        self.server.start()
        self.admin = self.server.initialize()
        self.api = self.server.api(self.admin)
        self.registry = Registry(self.server.url, self.admin.name, self.admin.password)
        self.until_used()

    def remove(self):
        self.server.kill()
        self.standby.remove()
        self.primary.remove()

    def metric(self, name):
        text = requests.get(self.server.url + "/metrics", timeout=60).text
        return next(float(line.split()[-1]) for line in text.splitlines() if re.match(name + r"[ {]", line))

    def reads(self):
        """Reads that the standby answered."""
        return self.metric("wharf_db_replica_reads_total")

    def until_used(self):
        wait_until(lambda: self.metric("wharf_db_replica_used") == 1, "the standby is used")

    def until_followed(self):
        """Waits until the standby has all that is committed."""
        end = self.primary.sql("SELECT pg_current_wal_insert_lsn()")
        wait_until(lambda: self.standby.sql(f"SELECT pg_last_wal_replay_lsn() >= '{end}'") == "t",
                   "the standby has followed")

    def pause(self):
        self.standby.sql("SELECT pg_wal_replay_pause()")
        wait_until(lambda: self.standby.sql("SELECT pg_get_wal_replay_pause_state()") == "paused", "replay is paused")

    def resume(self):
        self.standby.sql("SELECT pg_wal_replay_resume()")

    def statements(self, cluster):
        """What the cluster ran of the server's, spaces made one."""
        rows = cluster.sql("SELECT regexp_replace(query, '\\s+', ' ', 'g') FROM pg_stat_statements s "
                           f"JOIN pg_database d ON d.oid = s.dbid WHERE d.datname = '{self.database}'")
        return rows.splitlines()

    def ran(self, cluster):
        return {part for part in MAY_LAG if any(part in query for query in self.statements(cluster))}

    def forget(self):
        for cluster in (self.primary, self.standby):
            cluster.sql("SELECT pg_stat_statements_reset()")

    def kinds(self):
        """Kinds of the log's entries, newest first."""
        return [entry["kind"] for entry in self.api.get("/superuser/logs", status=200).json()["logs"]]

    def make(self, name, visibility="private"):
        self.api.post("/repository", status=201, json={
            "repository": name, "namespace": self.admin.name, "visibility": visibility, "description": ""})

    def log(self):
        return self.server.log_path.read_text()


@pytest.fixture
def stage(request, tmp_path):
    """Makes a Stage; call it with the seconds that the standby may be behind."""
    with contextlib.ExitStack() as at_end:
        def make(max_lag, **settings):
            made = Stage(request.config.getoption("--wharf"), tmp_path, max_lag, **settings)
            at_end.callback(made.remove)
            return made
        yield make


def test_logs_search_and_figures_come_from_the_standby_alone(stage):
    stage = stage(FOREVER)
    stage.make("app")
    wait_until(lambda: "create_repo" in stage.kinds(), "the standby has followed")
    stage.forget()
    assert stage.kinds()
    stage.api.get(f"/repository/{stage.admin.name}/app/logs", status=200)
    assert stage.api.get("/user/aggregatelogs", status=200).json()["aggregated"]
    assert stage.api.get("/find/all", params={"query": "app"}, status=200).json()["results"]
    assert stage.api.get("/find/repositories", params={"query": "app"}, status=200).json()["results"]
    stage.api.post("/superuser/registrysize/", status=201, json={"namespace": ""})
    wait_until(lambda: not stage.api.get("/superuser/registrysize/", status=200).json()["running"]
               and not stage.api.get("/superuser/registrysize/", status=200).json()["queued"], "the size is counted")
    wait_until(lambda: stage.api.get("/superuser/insight", status=200).json()["counted_ms"], "figures are counted")
    assert stage.ran(stage.standby) == MAY_LAG and stage.ran(stage.primary) == set()

    stage.forget()
    with HookSink() as sink:
        stage.api.post("/user/exportlogs", status=200, json={"callback_url": sink.url("/ready")})
        exported = requests.get(sink.wait(path="/ready").json()["exported_data_url"], timeout=60).json()
    assert "create_repo" in {entry.get("kind") for entry in exported["logs"]}
    assert stage.ran(stage.standby) == {LOGS} and stage.ran(stage.primary) == set()


def test_nothing_else_comes_from_it(stage):
    stage = stage(FOREVER)
    reads = stage.reads()
    stage.until_followed()
    stage.pause()  # What is read after it was written cannot come from there.
    stage.make("app")
    api, app = stage.api, f"/repository/{stage.admin.name}/app"
    names = [row["name"] for row in api.get("/repository", params={"namespace": stage.admin.name},
                                            status=200).json()["repositories"]]
    assert names == ["app"]
    digest, _ = stage.registry.push_image(f"{stage.admin.name}/app", "v1", b"app")
    assert [tag["manifest_digest"] for tag in api.get(app + "/tag/", status=200).json()["tags"]] == [digest]
    stage.registry.get(f"/{stage.admin.name}/app/manifests/v1", headers={"Accept": OCI_MANIFEST}, status=200)
    api.get(f"{app}/manifest/{digest}", status=200)
    api.post("/organization/", status=201, json={"name": "acme", "email": "acme@example.com"})
    assert api.get("/organization/acme", status=200).json()["name"] == "acme"
    api.put("/organization/acme/robots/ci", status=201, json={})
    robots = api.get("/organization/acme/robots", status=200).json()["robots"]
    assert [robot["name"] for robot in robots] == ["acme+ci"]
    assert [e["name"] for e in api.get("/entities/acme+", params={"namespace": "acme"}, status=200).json()["results"]] \
        == ["acme+ci"]
    reader = stage.server.user("reader")
    stage.server.api(reader).get(app, status=403)
    api.put(f"{app}/permissions/user/reader", status=200, json={"role": "read"})
    assert "reader" in api.get(app + "/permissions/user/", status=200).json()["permissions"]
    stage.server.api(reader).get(app, status=200)
    # A tag's own past is no log.
    api.delete(app + "/tag/v1", status=204)
    assert len(api.get(app + "/tag/", status=200).json()["tags"]) == 1
    assert stage.reads() == reads


def test_who_may_read_is_not_taken_from_it(stage):
    stage = stage(FOREVER)
    stage.make("app", "public")
    reader = stage.server.user("reader")
    as_reader, app = stage.server.api(reader), f"/repository/{stage.admin.name}/app"
    stage.api.put(f"{app}/permissions/user/reader", status=200, json={"role": "admin"})
    stage.until_followed()
    as_reader.get(app + "/logs", status=200)

    def found(api):
        everything = api.get("/find/all", params={"query": "app"}, status=200).json()["results"]
        repositories = api.get("/find/repositories", params={"query": "app"}, status=200).json()["results"]
        return [hit["name"] for hit in everything if hit["kind"] == "repository"], [hit["name"] for hit in repositories]

    assert found(as_reader) == (["app"], ["app"])
    stage.pause()
    reads = stage.reads()
    stage.api.post(app + "/changevisibility", status=200, json={"visibility": "private"})
    stage.api.delete(f"{app}/permissions/user/reader", status=204)
    as_reader.get(app + "/logs", status=403)
    as_reader.get(app + "/aggregatelogs", status=403)
    assert found(as_reader) == ([], [])
    assert found(stage.api) == (["app"], ["app"])
    kinds = {e["kind"] for e in stage.api.get(app + "/logs", status=200).json()["logs"]}
    assert "create_repo" in kinds and "delete_repo_permission" not in kinds, "the standby's log ends before that"
    assert stage.reads() > reads


def test_a_standby_too_far_behind_is_stepped_over_until_it_has_caught_up(stage):
    stage = stage(1)
    stage.until_followed()
    stage.pause()
    stage.make("app")
    wait_until(lambda: "create_repo" in stage.kinds(), "the primary is asked")
    assert stage.standby.sql("SELECT 1") == "1" and stage.metric("wharf_db_replica_lag_bytes") > 0
    assert stage.metric("wharf_db_replica_used") == 0 and stage.metric("wharf_db_replica_lag_seconds") > 1
    on_primary, reads = stage.metric("wharf_db_lagging_reads_on_primary_total"), stage.reads()
    for number in range(5):
        stage.make(f"app{number}")
        assert stage.kinds().count("create_repo") == 2 + number
    assert stage.metric("wharf_db_lagging_reads_on_primary_total") >= on_primary + 5 and stage.reads() == reads
    stage.resume()
    stage.until_used()
    stage.kinds()
    assert stage.reads() > reads
    assert stage.log().count("a read replica is stepped over") == 1
    assert stage.log().count("a read replica is used again") == 1


@contextlib.contextmanager
def stopped(cluster):
    cluster.kill()
    yield
    cluster.start()


@pytest.mark.parametrize("how", [stopped, hung])
def test_answers_go_on_without_the_standby_and_it_is_found_again(stage, how):
    stage = stage(FOREVER)
    stage.make("app")
    wait_until(lambda: "create_repo" in stage.kinds(), "the standby has followed")
    with how(stage.standby):
        for _ in range(20):
            assert "create_repo" in stage.kinds()
            assert stage.api.get("/find/repositories", params={"query": "app"}, status=200).json()["results"]
        assert stage.metric("wharf_db_replica_used") == 0
        assert requests.get(stage.server.url + "/health/instance", timeout=60).status_code == 200
    stage.until_used()
    reads = stage.reads()
    stage.kinds()
    assert stage.reads() > reads
    assert "request failed" not in stage.log() and "database cannot be reached" not in stage.log()
    assert stage.log().count("a read replica is stepped over") == stage.log().count("a read replica is used again") == 1


def test_between_two_pages_of_the_log_from_two_databases_nothing_is_missing(stage):
    stage = stage(FOREVER)
    stage.make("old")
    wait_until(lambda: "create_repo" in stage.kinds(), "the standby has followed")
    stage.pause()
    names = [f"app{number}" for number in range(25)]
    for name in names:
        stage.make(name)

    def page(**more):
        answer = stage.api.get("/superuser/logs", params=more, status=200).json()
        made = [entry["metadata"]["repo"] for entry in answer["logs"] if entry["kind"] == "create_repo"]
        return made, answer.get("next_page")

    with hung(stage.standby):
        seen, following = page()
        assert seen[0] == names[-1] and 0 < len(seen) < len(names), "the primary's first page"
    stage.until_used()
    reads = stage.reads()
    assert page()[0] == ["old"] and stage.reads() > reads, "the standby's first page"
    while following:
        more, following = page(next_page=following)
        seen += more
    assert seen == [*reversed(names), "old"]


def test_a_standby_that_was_promoted_is_no_longer_read(stage):
    stage = stage(FOREVER)
    stage.until_followed()
    stage.kinds()
    stage.standby.promote()
    reads = stage.reads()
    stage.make("app")
    assert "create_repo" in stage.kinds()
    assert stage.reads() == reads and stage.metric("wharf_db_replica_used") == 0
    assert "it is not a standby" in stage.log()


def test_while_the_primary_is_gone_the_standby_is_no_substitute(stage):
    stage = stage(2)
    image = f"{stage.admin.name}/app"
    stage.registry.push_image(image, "v1", b"app")
    stage.registry.get(f"/{image}/manifests/v1", headers={"Accept": OCI_MANIFEST}, status=200)
    stage.until_followed()
    with stopped(stage.primary):
        for _ in range(10):
            stage.api.get("/superuser/logs", status=503)
            stage.api.get("/find/repositories", params={"query": "app"}, status=503)
        def pulled():
            return stage.registry.get(f"/{image}/manifests/v1", headers={"Accept": OCI_MANIFEST}, status=(200, 503))

        wait_until(lambda: pulled().status_code == 200, "the node tells what the tag was")
        assert "Warning" in pulled().headers
        wait_until(lambda: stage.metric("wharf_db_replica_used") == 0, "nobody knows how old the standby is")
        assert "a read replica is stepped over" not in stage.log(), "it did nothing wrong"
    stage.until_used()
    stage.make("later")
    wait_until(lambda: "create_repo" in stage.kinds(), "the standby follows again")
