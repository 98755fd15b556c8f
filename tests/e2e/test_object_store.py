"""Nodes that share a PostgreSQL database and an S3 object store: uploads from node to node, pulls past the server,
and a store that is gone for a while."""
import itertools
import json
import os
import re
import shutil
import signal
import tempfile
import threading
import time

import pytest
import requests

from harness import images
from harness.clients import Podman, Skopeo
from harness.process import run, wait_until
from harness.registry import OCI_CONFIG, OCI_LAYER, OCI_MANIFEST, Registry, descriptor, digest_of
from harness.server import Wharf

OCTETS = {"Content-Type": "application/octet-stream"}
SECRETS = {"SECRET_KEY": "a key that the nodes of a test share", "DATABASE_SECRET_KEY": "another one that they share"}
MIB = 1024 * 1024


@pytest.fixture
def new_nodes(request, postgres, object_store, tmp_path):
    """Makes nodes on one new database and one place in the store, started; the first has its first user."""
    made = []

    def make(count, **settings):
        uri = postgres.new_database()
        settings = {"DISTRIBUTED_STORAGE_CONFIG": object_store.storage(f"/nodes/{uri.rsplit('/', 1)[1]}-{len(made)}"),
                    **SECRETS, **settings}
        nodes = []
        for _ in range(count):
            node = Wharf(request.config.getoption("--wharf"), tmp_path / f"node{len(made)}/data", database_uri=uri,
                         settings=settings)
            made.append(node)
            nodes.append(node.start())
        nodes[0].initialize()
        return nodes

    yield make
    for node in made:
        node.kill()


@pytest.fixture
def short():
    """A folder with a short name, as podman's must be."""
    folder = tempfile.mkdtemp(prefix="wo-", dir="/tmp")
    yield folder
    run(["chmod", "-R", "u+rwX", folder], check=False)
    shutil.rmtree(folder, ignore_errors=True)


def registries(nodes):
    admin = nodes[0].admin
    return [Registry(node.url, admin.name, admin.password) for node in nodes]


def calls(node):
    """How often each call was made to the object store so far."""
    text = requests.get(node.url + "/metrics", timeout=10).text
    return {name: int(float(value))
            for name, value in re.findall(r'^wharf_s3_requests_total\{call="(\w+)"\} (\S+)$', text, re.M)}


def calls_of(node, action):
    before = calls(node)
    action()
    return {name: count - before[name] for name, count in calls(node).items() if count != before[name]}


def elsewhere(address, node):
    """The same upload at another node."""
    return node.url + "/v2/" + address.split("/v2/", 1)[1]


@pytest.mark.parametrize("chunk_bytes", [100_000, 3 * MIB, 9 * MIB])
def test_chunks_of_one_upload_go_to_different_nodes(new_nodes, chunk_bytes):
    nodes = new_nodes(2, FEATURE_PROXY_STORAGE=True)
    clients = registries(nodes)
    content = os.urandom(3 * chunk_bytes + 12_345)
    address = clients[0].start_upload("admin/app")
    turns = itertools.cycle((1, 0))
    for start in range(0, len(content), chunk_bytes):
        turn = next(turns)
        chunk = content[start:start + chunk_bytes]
        answer = clients[turn].patch(elsewhere(address, nodes[turn]), data=chunk, status=202, headers={
            **OCTETS, "Content-Range": f"{start}-{start + len(chunk) - 1}"})
        assert answer.headers["Range"] == f"0-{start + len(chunk) - 1}"
    digest = digest_of(content)
    turn = next(turns)
    clients[turn].put(clients[turn].with_digest(elsewhere(address, nodes[turn]), digest), status=201)
    for client in clients:
        assert client.get(f"/admin/app/blobs/{digest}", status=200).content == content
        part = client.get(f"/admin/app/blobs/{digest}", status=206, headers={"Range": "bytes=70000-170000"})
        assert part.content == content[70000:170001]


def test_a_node_that_is_killed_in_the_middle_costs_one_retry(new_nodes):
    nodes = new_nodes(2, FEATURE_PROXY_STORAGE=True)
    clients = registries(nodes)
    content = os.urandom(30 * MIB)
    first = 12 * MIB
    address = clients[0].start_upload("admin/app")
    clients[1].patch(elsewhere(address, nodes[1]), data=content[:first], headers=OCTETS, status=202)

    def dying():
        # Some parts are with the store already when the node goes.
        yield content[first:25 * MIB]
        nodes[1].kill()
        yield content[25 * MIB:]

    with pytest.raises(requests.RequestException):
        clients[1].session.patch(elsewhere(address, nodes[1]), data=dying(), timeout=60, headers={
            **OCTETS, "Authorization": f"Bearer {clients[1].tokens['admin/app', False]}"})
    state = clients[0].get(address, status=204)
    assert state.headers["Range"] == f"0-{first - 1}"
    clients[0].patch(address, data=content[first:], status=202, headers={
        **OCTETS, "Content-Range": f"{first}-{len(content) - 1}"})
    digest = digest_of(content)
    clients[0].put(clients[0].with_digest(address, digest), status=201)
    assert digest_of(clients[0].get(f"/admin/app/blobs/{digest}", status=200).content) == digest


def test_wrong_digests_and_cancelled_uploads_leave_nothing(new_nodes, object_store):
    nodes = new_nodes(1)
    client, = registries(nodes)
    for size in (1000, 12 * MIB):
        address = client.start_upload("admin/app")
        client.patch(address, data=os.urandom(size), headers=OCTETS, status=202)
        client.put(client.with_digest(address, digest_of(b"other")), status=400)
        client.get(address, status=404)
        address = client.start_upload("admin/app")
        client.patch(address, data=os.urandom(size), headers=OCTETS, status=202)
        client.delete(address, status=204)
    assert objects_below(object_store, nodes[0]) == {}


def objects_below(object_store, node):
    """What lies in the store for this node's database."""
    text = (node.data / "config.yaml").read_text()
    return object_store.blobs(re.search(r'"storage_path": "([^"]*)"', text)[1])


def test_the_same_content_is_kept_once(new_nodes, object_store):
    nodes = new_nodes(2)
    content = os.urandom(500_000)
    failures = []

    def push(client, repository):
        try:
            client.push_blob(repository, content)
        except Exception as failure:  # noqa: BLE001: it is told below
            failures.append(failure)

    threads = [threading.Thread(target=push, args=(client, f"admin/app{i}"))
               for i, client in enumerate(registries(nodes) * 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(objects_below(object_store, nodes[0])) == 1


def test_the_collection_deletes_from_the_store(new_nodes, object_store):
    nodes = new_nodes(1, PUSH_TEMP_TAG_EXPIRATION_SEC=1, DEFAULT_TAG_EXPIRATION="0s", TAG_EXPIRATION_OPTIONS=["0s"])
    client, = registries(nodes)
    digest, _ = client.push_image("admin/app", "v1", os.urandom(100_000))
    assert len(objects_below(object_store, nodes[0])) == 2
    client.delete(f"/admin/app/manifests/{digest}", status=202)
    deadline = time.monotonic() + 120
    while objects_below(object_store, nodes[0]):
        assert time.monotonic() < deadline, nodes[0].cli("gc", "--dry-run").stdout
        time.sleep(0.5)
        nodes[0].cli("gc")


@pytest.mark.parametrize("through_the_node", [True, False])
def test_clients_pull_both_ways(new_nodes, tmp_path, short, through_the_node):
    node, = new_nodes(1, FEATURE_PROXY_STORAGE=through_the_node)
    client, = registries([node])
    image = f"{node.host}/admin/app:latest"
    skopeo = Skopeo(tmp_path / "skopeo", node.host, node.admin)
    layout, digest = images.small(tmp_path)
    skopeo.copy(f"oci:{layout.folder}:latest", f"docker://{image}")
    assert skopeo.digest(f"docker://{image}") == digest
    skopeo.copy(f"docker://{image}", f"dir:{tmp_path / 'pulled'}")
    podman = Podman(short, node.host, node.admin)
    podman("pull", "-q", "--tls-verify=false", image)
    layer = client.manifest("admin/app", "latest").json()["layers"][0]
    answer = client.get(f"/admin/app/blobs/{layer['digest']}", status=200 if through_the_node else 307)
    assert answer.headers["Docker-Content-Digest"] == layer["digest"]
    head = client.head(f"/admin/app/blobs/{layer['digest']}", status=200)
    assert int(head.headers["Content-Length"]) == layer["size"]
    if not through_the_node:
        where = answer.headers["Location"]
        assert digest_of(requests.get(where, timeout=30).content) == layer["digest"]
        assert requests.get(where, timeout=30, headers={"Range": "bytes=3-9"}).status_code == 206
        client.get(f"/admin/app/blobs/{digest_of(b'none')}", status=404)


def test_calls_for_a_push_and_a_pull(new_nodes, request):
    """What docs/scaling.md says of calls to the store."""
    node, = new_nodes(1, FEATURE_PROXY_STORAGE=True, FEATURE_SECURITY_SCANNER=False)
    client, = registries([node])
    client.push_image("admin/app", "v0", b"warm")
    small, large = os.urandom(100_000), os.urandom(20 * MIB)

    def push(content):
        address = client.start_upload("admin/app")
        client.patch(address, data=content, headers=OCTETS, status=202)
        client.put(client.with_digest(address, digest_of(content)), status=201)

    assert calls_of(node, lambda: push(small)) == {"put": 1, "head": 1}
    # Two parts of 8 MiB, and 4 MiB that wait for the end.
    wanted = {"begin_parts": 1, "put_part": 3, "put": 1, "get": 1, "end_parts": 1, "delete": 1}
    if request.config.getoption("--store") == "swift":
        wanted["head"] = 2  # before the second part and before the end: it would take them for an upload that was ended
    assert calls_of(node, lambda: push(large)) == wanted
    for content in (small, large):
        path = f"/admin/app/blobs/{digest_of(content)}"
        assert calls_of(node, lambda: client.get(path, status=200)) == {"get": 1}  # noqa: B023
        assert calls_of(node, lambda: client.head(path, status=200)) == {}  # noqa: B023


def test_an_object_store_that_is_gone(new_nodes, object_store):
    node, = new_nodes(1, FEATURE_PROXY_STORAGE=True)
    client, = registries([node])
    content = os.urandom(50_000)
    digest = client.push_blob("admin/app", content)
    manifest_digest, _ = client.push_image("admin/app", "v1", b"x")
    config = json.dumps({"architecture": "amd64", "os": "linux", "config": {"Labels": {"kept": "yes"}}}).encode()
    layer = client.push_blob("admin/app", b"layer")
    client.push_blob("admin/app", config)
    labelled = {"schemaVersion": 2, "mediaType": OCI_MANIFEST, "config": descriptor(config, OCI_CONFIG), "layers": [
        {"mediaType": OCI_LAYER, "digest": layer, "size": 5}]}
    object_store.stop_gateway()
    try:
        address = client.start_upload("admin/app")
        refused = client.put(client.with_digest(address, digest_of(b"new")), data=b"new", headers=OCTETS, status=503)
        assert int(refused.headers["Retry-After"]) > 0
        assert client.get(f"/admin/app/blobs/{digest}", status=503).headers["Retry-After"]
        assert client.manifest("admin/app", "v1", status=200).headers["Docker-Content-Digest"] == manifest_digest
        client.head(f"/admin/app/blobs/{digest}", status=200)
        # Its labels are in its configuration, which cannot be read.
        client.put("/admin/app/manifests/labelled", data=json.dumps(labelled), status=503,
                   headers={"Content-Type": OCI_MANIFEST})
        assert client.manifest("admin/app", "labelled").status_code == 404
    finally:
        object_store.start_gateway()
    assert client.get(f"/admin/app/blobs/{digest}", status=200).content == content
    client.put(client.with_digest(address, digest_of(b"new")), data=b"new", headers=OCTETS, status=201)
    pushed, _ = client.push_manifest("admin/app", "labelled", labelled)
    labels = node.api(node.admin).get(f"/repository/admin/app/manifest/{pushed}/labels", status=200).json()["labels"]
    assert [(label["key"], label["value"]) for label in labels] == [("kept", "yes")]


def test_a_node_stops_while_its_object_store_hangs(new_nodes, object_store):
    node, = new_nodes(1, FEATURE_PROXY_STORAGE=True, SHUTDOWN_GRACE_S=1)
    clients = [registries([node])[0] for _ in range(2)]
    content = os.urandom(12 * MIB)
    digest = clients[0].push_blob("admin/app", content)
    clients[1].get(f"/admin/app/blobs/{digest}", status=200)
    address = clients[0].start_upload("admin/app")
    before, ends = calls(node), []

    def ask(action):
        try:
            ends.append(action().status_code)
        except requests.RequestException as broken:
            ends.append(type(broken).__name__)

    object_store.gateway.send_signal(signal.SIGSTOP)
    try:
        waiting = [threading.Thread(target=ask, args=(action,)) for action in (
            lambda: clients[0].put(clients[0].with_digest(address, digest_of(b"new")), data=b"new", headers=OCTETS),
            lambda: clients[1].get(f"/admin/app/blobs/{digest}"))]
        for one in waiting:
            one.start()
        wait_until(lambda: calls(node)["get"] > before["get"] and calls(node)["put"] > before["put"],
                   "both wait for the store")
        node.stop()
        for one in waiting:
            one.join()
        assert len(ends) == 2 and not {200, 201} & set(ends)
    finally:
        object_store.gateway.send_signal(signal.SIGCONT)
    node.start()
    assert registries([node])[0].get(f"/admin/app/blobs/{digest}", status=200).content == content
