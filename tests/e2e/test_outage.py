"""The database is gone for a while: what goes on, what does not, and that nobody has to do anything afterwards."""
import contextlib

import pytest

from harness.postgres import Postgres, hung
from harness.process import wait_until
from harness.registry import OCI_MANIFEST, Registry, digest_of
from harness.server import Wharf

ACCEPT = {"Accept": OCI_MANIFEST}


@pytest.fixture
def cluster():
    cluster = Postgres()
    try:
        yield cluster.start()
    finally:
        cluster.remove()


@pytest.fixture
def outage(request, tmp_path, cluster):
    """A server on PostgreSQL with a public and a private image that were pulled, and callers for both."""
    server = Wharf(request.config.getoption("--wharf"), tmp_path / "data", database_uri=cluster.new_database())
    server.start()
    admin = server.initialize()
    owner = Registry(server.url, admin.name, admin.password)
    digests = {}
    for name, visibility in (("admin/open", "public"), ("admin/closed", "private")):
        digests[name], _ = owner.push_image(name, "latest", name.encode())
        server.api(admin).post(f"/repository/{name}/changevisibility", json={"visibility": visibility}, status=200)
        owner.get(f"/{name}/manifests/latest", headers=ACCEPT, status=200)
    yield server, owner, digests
    server.kill()


def until_tags_are_told(owner, name):
    """For the first seconds a node does not say what a tag was: whoever stands before it asks another one then."""
    path = f"/{name}/manifests/latest"
    refused = owner.get(path, headers=ACCEPT, status=503)
    assert int(refused.headers["Retry-After"]) > 0
    wait_until(lambda: owner.get(path, headers=ACCEPT, status=(200, 503)).status_code == 200, "the tag is told")


@contextlib.contextmanager
def stopped(cluster):
    cluster.stop()
    yield
    cluster.start()


@pytest.mark.parametrize("how", [stopped, hung])
def test_pulls_go_on_and_pushes_are_asked_to_come_again(outage, cluster, how):
    server, owner, digests = outage
    with how(cluster):
        for name, digest in digests.items():
            owner.get(f"/{name}/manifests/{digest}", headers=ACCEPT, status=200)
        until_tags_are_told(owner, "admin/open")
        for name, digest in digests.items():
            by_tag = owner.get(f"/{name}/manifests/latest", headers=ACCEPT, status=200)
            assert digest_of(by_tag.content) == digest
            assert by_tag.headers["Warning"].startswith('299 - "The database cannot be reached')
            by_digest = owner.get(f"/{name}/manifests/{digest}", headers=ACCEPT, status=200)
            assert by_digest.content == by_tag.content and "Warning" not in by_digest.headers
            layer = by_tag.json()["layers"][0]["digest"]  # was never pulled from here
            assert digest_of(owner.get(f"/{name}/blobs/{layer}", status=200).content) == layer

        # With a new token, too: for the credentials and the scope of before, and for anybody where it is public.
        for caller, name in ((Registry(server.url, owner.name, owner.password), "admin/closed"),
                             (Registry(server.url), "admin/open")):
            caller.get(f"/{name}/manifests/latest", headers=ACCEPT, status=200)

        # Strangers learn nothing, not even what there is.
        for name in ("admin/closed", "admin/nothing"):
            stranger = Registry(server.url)
            assert stranger.session.get(f"{server.url}/v2/{name}/manifests/latest", timeout=60).status_code == 401
            stranger.tokens[(name, True)] = stranger.token("repository:admin/open:pull")
            stranger.get(f"/{name}/manifests/latest", status=503)
            stranger.get(f"/{name}/blobs/{digests['admin/closed']}", status=503)
        wrong = Registry(server.url, owner.name, "wrong-" + owner.password)
        wrong.token("repository:admin/closed:pull", status=503)

        # What writes comes to nothing.
        refused = owner.post("/admin/open/blobs/uploads/", status=503)
        assert int(refused.headers["Retry-After"]) > 0
        server.api(server.admin).get("/repository/admin/open", status=503)
        health = owner.session.get(f"{server.url}/health/instance", timeout=60)
        assert health.status_code == 503
        assert health.json()["data"]["services"] | {"database": False, "cached_pulls": True} \
            == health.json()["data"]["services"]

    wait_until(lambda: owner.session.get(f"{server.url}/health/instance", timeout=60).status_code == 200,
               "the node is well again")
    owner.push_image("admin/open", "latest", b"newer")
    fresh = owner.get("/admin/open/manifests/latest", headers=ACCEPT, status=200)
    assert digest_of(fresh.content) != digests["admin/open"] and "Warning" not in fresh.headers
    log = server.log_path.read_text()
    assert log.count("the database cannot be reached") == 1 and log.count("the database can be reached again") == 1
    assert "request failed" not in log


@pytest.fixture
def pair():
    """A primary, and a standby that has what was committed there."""
    with contextlib.ExitStack() as stack:
        primary = Postgres(settings="synchronous_commit = on\n")
        stack.callback(primary.remove)
        standby = primary.start().standby()
        stack.callback(standby.remove)
        yield primary, standby


def test_a_primary_that_hangs_is_noticed_though_its_standby_answers(request, tmp_path, pair):
    primary, standby = pair
    name = primary.new_database().rsplit("/", 1)[1]
    uri = (f"postgresql://postgres@127.0.0.1:{primary.port},127.0.0.1:{standby.port}/{name}"
           "?target_session_attrs=read-write")
    server = Wharf(request.config.getoption("--wharf"), tmp_path / "data", database_uri=uri).start()
    try:
        admin = server.initialize()
        owner = Registry(server.url, admin.name, admin.password)
        digest, _ = owner.push_image("admin/app", "latest", b"app")
        owner.get("/admin/app/manifests/latest", headers=ACCEPT, status=200)
        with hung(primary):
            # The statement's own time-out would end it too, after 35 seconds.
            remembered = owner.get(f"/admin/app/manifests/{digest}", headers=ACCEPT, status=200, timeout=25)
            assert digest_of(remembered.content) == digest
            owner.post("/admin/app/blobs/uploads/", status=503)
            standby.promote()
            wait_until(lambda: owner.session.get(f"{server.url}/health/instance", timeout=60).status_code == 200,
                       "the node has found the new primary")
            owner.push_image("admin/app", "latest", b"newer")
            fresh = owner.get("/admin/app/manifests/latest", headers=ACCEPT, status=200)
            assert digest_of(fresh.content) != digest and "Warning" not in fresh.headers
        assert server.log_path.read_text().count("the database cannot be reached") == 1
    finally:
        server.kill()


def test_what_the_database_denied_is_not_remembered(outage, cluster):
    server, owner, digests = outage
    api = server.api(server.admin)
    anybody = Registry(server.url)
    anybody.get("/admin/open/manifests/latest", headers=ACCEPT, status=200)
    api.post("/repository/admin/open/changevisibility", json={"visibility": "private"}, status=200)
    api.delete("/repository/admin/closed/tag/latest", status=204)
    anybody.get("/admin/open/manifests/latest", headers=ACCEPT, status=401)
    owner.get("/admin/open/manifests/latest", headers=ACCEPT, status=200)
    owner.get("/admin/closed/manifests/latest", headers=ACCEPT, status=404)
    with stopped(cluster):
        until_tags_are_told(owner, "admin/open")
        anybody.get("/admin/open/manifests/latest", headers=ACCEPT, status=503)
        owner.get("/admin/closed/manifests/latest", headers=ACCEPT, status=503)


def test_the_memory_can_be_turned_off(request, tmp_path, cluster):
    server = Wharf(request.config.getoption("--wharf"), tmp_path / "data", database_uri=cluster.new_database(),
                   settings={"DB_OUTAGE_GRACE_S": 0}).start()
    try:
        admin = server.initialize()
        owner = Registry(server.url, admin.name, admin.password)
        owner.push_image("admin/app", "latest", b"app")
        owner.get("/admin/app/manifests/latest", headers=ACCEPT, status=200)
        with stopped(cluster):
            owner.get("/admin/app/manifests/latest", headers=ACCEPT, status=503)
    finally:
        server.kill()
