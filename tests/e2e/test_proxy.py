"""Three nodes on PostgreSQL and Ceph behind HAProxy, which sends every request to another node: what the official
clients do through it, and what is done at one node and must be seen at the next request."""
import collections
import json
import os
import pathlib
import shutil
import tempfile
import time

import pytest
import requests

from harness import images
from harness.clients import Buildah, Containerd, Podman, Skopeo
from harness.load import Load
from harness.process import run
from harness.proxy import Proxy
from harness.registry import Registry, digest_of
from harness.server import PASSWORD, Wharf

OCTETS = {"Content-Type": "application/octet-stream"}
MIB = 1024 * 1024


class Cluster:
    """Three nodes and the proxy before them."""

    def __init__(self, binary, folder, postgres, object_store):
        uri = postgres.new_database()
        settings = {
            "DISTRIBUTED_STORAGE_CONFIG": object_store.storage(f"/proxy-{uri.rsplit('/', 1)[1]}"), "FEATURE_PROXY_STORAGE": True,
            "SECRET_KEY": "a key that the nodes of a test share", "DATABASE_SECRET_KEY": "another one that they share",
            **Proxy.settings}
        self.nodes = [Wharf(binary, folder / f"node{n}/data", database_uri=uri, settings=settings) for n in range(3)]
        self.proxy = Proxy([node.host for node in self.nodes])

    def start(self):
        for node in self.nodes:
            node.start()
        self.admin = self.nodes[0].initialize()
        self.proxy.start()
        return self

    def remove(self):
        self.proxy.remove()
        for node in self.nodes:
            node.kill()

    def access(self, path, count):
        """(node, entry) of the nodes' access logs for paths that begin with `path`, once `count` are written."""
        deadline = time.monotonic() + 60
        while True:
            found = [(number, entry) for number, node in enumerate(self.nodes) for entry in entries(node)
                     if entry.get("path", "").startswith(path)]
            if len(found) >= count:
                return found
            assert time.monotonic() < deadline, f"{len(found)} requests of {path} in the logs, not {count}"
            time.sleep(0.05)


def entries(node):
    """The whole lines of a node's log so far."""
    whole = node.log_path.read_text(errors="replace").rpartition("\n")[0]
    return [json.loads(line) for line in whole.splitlines() if line.startswith("{")]


@pytest.fixture(scope="module")
def cluster(request, postgres, object_store, tmp_path_factory):
    made = Cluster(request.config.getoption("--wharf"), tmp_path_factory.mktemp("cluster"), postgres, object_store)
    try:
        yield made.start()
    finally:
        made.remove()


@pytest.fixture
def short():
    """A folder with a short name: podman's and the daemons' sockets have little room for one."""
    folder = tempfile.mkdtemp(prefix="wp-", dir="/tmp")
    yield pathlib.Path(folder)
    run(["chmod", "-R", "u+rwX", folder], check=False)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def registry(cluster):
    return Registry(cluster.proxy.url, cluster.admin.name, cluster.admin.password)


@pytest.fixture
def skopeo(cluster, tmp_path):
    return Skopeo(tmp_path / "skopeo", cluster.proxy.host, cluster.admin)


def test_every_request_of_a_connection_goes_to_another_node(cluster):
    with requests.Session() as session:
        session.trust_env = False
        for number in range(6):
            assert session.get(f"{cluster.proxy.url}/v2/turn-{number}", timeout=30).status_code in (401, 404)
    turns = sorted((entry["path"][-1], node) for node, entry in cluster.access("/v2/turn-", 6))
    nodes = [node for _, node in turns]
    assert len(turns) == 6 and set(nodes) == {0, 1, 2} and nodes[:3] == nodes[3:]


def test_the_clients_of_containers_image_push_and_pull(cluster, skopeo, tmp_path, short):
    image = f"{cluster.proxy.host}/admin/app:latest"
    layout, digest, _ = images.multi_platform(tmp_path / "in")
    skopeo.copy(f"oci:{layout.folder}:latest", f"docker://{image}", "--all")
    skopeo.copy(f"docker://{image}", f"oci:{tmp_path}/out:latest", "--all")
    assert json.loads((tmp_path / "out/index.json").read_text())["manifests"][0]["digest"] == digest
    podman = Podman(short / "p", cluster.proxy.host)
    podman("login", "-u", "admin", "--password-stdin", cluster.proxy.host, input=PASSWORD)
    podman("pull", "-q", image)
    podman("tag", image, f"{image}-podman")
    podman("push", "-q", "--format", "oci", f"{image}-podman")
    buildah = Buildah(short / "b", cluster.proxy.host, cluster.admin)
    (tmp_path / "file").write_bytes(os.urandom(12 * MIB))  # more than one part of a multipart upload
    container = buildah("from", "--tls-verify=false", image).stdout.strip()
    buildah("add", "-q", container, tmp_path / "file", "/file")
    buildah("commit", "-q", "--tls-verify=false", container, f"docker://{image}-buildah")
    for name in ("podman", "buildah"):
        skopeo.copy(f"docker://{image}-{name}", f"dir:{tmp_path}/{name}")  # skopeo holds every blob against its digest


def test_containerd_pushes_and_pulls(can_run_daemons, cluster, skopeo, tmp_path, short):
    image = f"{cluster.proxy.host}/admin/containerd:latest"
    layout, digest, _ = images.multi_platform(tmp_path / "in")
    skopeo.copy(f"oci:{layout.folder}:latest", f"docker://{image}", "--all")
    ctr = Containerd(short)
    try:
        login = ("--user", f"admin:{PASSWORD}", "--plain-http")
        ctr("content", "fetch", "--all-platforms", *login, image)
        ctr("images", "tag", image, f"{image}-ctr")
        ctr("images", "push", *login, f"{image}-ctr")
    finally:
        ctr.stop()
    assert skopeo.digest(f"docker://{image}-ctr") == digest


def test_chunks_of_one_upload_go_to_every_node(registry):
    content = os.urandom(20 * MIB + 12_345)
    address = registry.start_upload("admin/chunks")
    for start in range(0, len(content), 3 * MIB):
        chunk = content[start:start + 3 * MIB]
        answer = registry.patch(address, data=chunk, status=202, headers={
            **OCTETS, "Content-Range": f"{start}-{start + len(chunk) - 1}"})
        address = registry.location(answer)
        assert answer.headers["Range"] == f"0-{start + len(chunk) - 1}"
    digest = digest_of(content)
    registry.put(registry.with_digest(address, digest), status=201)
    for _ in range(3):
        assert registry.get(f"/admin/chunks/blobs/{digest}", status=200).content == content


def test_a_tag_that_was_moved_is_moved_for_the_next_pull(registry):
    first, second = (registry.push_image("admin/moved", "latest", content)[1] for content in (b"first", b"second"))
    for manifest in [first, second] * 6:
        digest, _ = registry.push_manifest("admin/moved", "latest", manifest)
        for _ in range(2):
            assert registry.manifest("admin/moved", "latest", status=200).headers["Docker-Content-Digest"] == digest
    registry.delete(f"/admin/moved/manifests/{digest}", status=202)
    for _ in range(3):
        registry.manifest("admin/moved", "latest", status=404)


class Browser:
    """The API as the web pages use it: a session's cookie and its CSRF token."""

    def __init__(self, url):
        self.url, self.session = url, requests.Session()
        self.session.trust_env = False
        self.session.headers["X-Requested-With"] = "XMLHttpRequest"

    def request(self, verb, path, **options):
        if verb != "GET":
            token = self.session.get(self.url + "/csrf_token", timeout=30).json()["csrf_token"]
            self.session.headers["X-CSRF-Token"] = token
        return self.session.request(verb, self.url + path, timeout=30, **options)

    def who(self, count):
        """The status of /api/v1/user/, asked `count` times over."""
        return collections.Counter(self.request("GET", "/api/v1/user/").status_code for _ in range(count))


def test_a_session_is_the_same_at_every_node_and_ends_at_all(cluster):
    browser = Browser(cluster.proxy.url)
    answer = browser.request("POST", "/api/v1/signin", json={"username": "admin", "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    assert browser.who(6) == {200: 6}
    kept = dict(browser.session.cookies)
    assert browser.request("POST", "/api/v1/signout").status_code == 200
    thief = Browser(cluster.proxy.url)
    thief.session.cookies.update(kept)  # the cookie that the browser had
    assert thief.who(6) == {401: 6}


def test_a_token_that_was_revoked_is_revoked_at_every_node(cluster):
    with requests.Session() as session:
        session.trust_env = False
        session.headers["Authorization"] = f"Bearer {cluster.nodes[0].token('admin')}"
        made = session.post(f"{cluster.proxy.url}/api/v1/user/apptoken", json={"title": "one"}, timeout=30)
        assert made.status_code == 200, made.text
        token = made.json()["token"]
        for wanted in (200, 401):
            for _ in range(3):
                login = requests.get(f"{cluster.proxy.url}/v2/auth", auth=("$app", token["token_code"]), timeout=30)
                assert login.status_code == wanted, login.text
            session.delete(f"{cluster.proxy.url}/api/v1/user/apptoken/{token['uuid']}", timeout=30)


class From(requests.adapters.HTTPAdapter):
    """Connects from an address of its own."""

    def init_poolmanager(self, *arguments, **options):
        super().init_poolmanager(*arguments, **options, source_address=("127.0.0.9", 0))


def test_addresses_are_those_of_the_client_and_of_the_proxy(cluster):
    """Who asked is the client, whatever it says of itself; the addresses given out are https ones at the proxy."""
    here = f"https://{cluster.proxy.tls_host}"
    with requests.Session() as session:
        session.trust_env = False
        session.verify = str(cluster.proxy.certificate)
        session.mount("https://", From())
        session.headers.update({"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "http",
                                "X-Forwarded-Host": "evil.example", "Forwarded": "for=6.6.6.6"})
        challenge = session.get(f"{here}/v2/", timeout=30)
        assert challenge.status_code == 401
        assert f'realm="{here}/v2/auth"' in challenge.headers["WWW-Authenticate"], challenge.headers
        token = session.get(f"{here}/v2/auth", auth=("admin", PASSWORD), timeout=30, params={
            "service": cluster.proxy.tls_host, "scope": "repository:admin/tls:pull,push"}).json()["token"]
        for _ in range(3):
            upload = session.post(f"{here}/v2/admin/tls/blobs/uploads/", timeout=30,
                                  headers={"Authorization": f"Bearer {token}"})
            assert upload.status_code == 202, upload.text
            location = upload.headers["Location"]
            assert location.startswith((f"{here}/v2/admin/tls/", "/v2/admin/tls/")), location
        for written in ("/metrics", "/metrics/", "/%6detrics", "/metrics%2F"):
            asked = requests.Request("GET", here).prepare()
            asked.url = here + written  # as it is: requests would write it another way
            assert session.send(asked, timeout=30).status_code == 403, written
    logged = cluster.access("/v2/admin/tls/", 3)
    assert {node for node, _ in logged} == {0, 1, 2}
    assert [entry["peer"] for _, entry in logged] == ["127.0.0.9"] * 3


def test_clients_speak_https_to_the_proxy(cluster, tmp_path):
    image = f"docker://{cluster.proxy.tls_host}/admin/secure:latest"
    certificates = tmp_path / "certificates"
    certificates.mkdir()
    shutil.copyfile(cluster.proxy.certificate, certificates / "ca.crt")
    skopeo = Skopeo(tmp_path / "skopeo", cluster.proxy.tls_host, cluster.admin)
    layout, digest = images.small(tmp_path / "in")
    skopeo("copy", "-q", "--dest-cert-dir", certificates, f"oci:{layout.folder}:latest", image)
    assert skopeo("inspect", "--cert-dir", certificates, "--format", "{{.Digest}}", image).stdout.strip() == digest


def test_nodes_that_are_killed_under_load_lose_nothing(cluster):
    """One after the other, each back before the next goes. The other faults: ./dev faults."""
    load = Load(cluster.proxy.url, cluster.admin, workers=4).start()
    try:
        assert load.wait(10)
        for node in cluster.nodes[1:]:
            node.kill()
            assert load.wait(10)
            node.start()
        assert load.wait(10)
    finally:
        load.stop()
    assert load.wrong == []
    assert load.check() == []
