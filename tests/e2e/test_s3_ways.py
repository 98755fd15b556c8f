"""The ways to a bucket: each driver, virtual hosts, TLS, keys from the environment; and what many slow clients, or a
store that hangs, do to the node before it."""
import concurrent.futures
import os
import re
import signal
import socket
from urllib.parse import urlsplit

import pytest
import requests

from harness.object_store import BUCKET
from harness.process import wait_until
from harness.proxy import Haproxy, certificate
from harness.registry import Registry, digest_of
from harness.server import Wharf

OCTETS = {"Content-Type": "application/octet-stream"}
SECRETS = {"SECRET_KEY": "a key that the nodes of a test share", "DATABASE_SECRET_KEY": "another one that they share"}
MIB = 1024 * 1024

TLS_BEFORE_THE_STORE = """\
global
    maxconn 256
defaults
    mode tcp
    timeout connect 5s
    timeout client 60s
    timeout server 60s
frontend tls
    bind "$HTTP_BIND" ssl crt "$CERTIFICATE"
    default_backend gateway
backend gateway
    server gateway "$GATEWAY"
"""


@pytest.fixture(scope="module")
def tls(object_store, tmp_path_factory):
    """TLS before the gateway; `certificate` is what clients are to trust."""
    folder = tmp_path_factory.mktemp("tls")
    public, both = certificate(folder)
    (folder / "haproxy.cfg").write_text(TLS_BEFORE_THE_STORE)
    proxy = Haproxy(folder / "haproxy.cfg", {"CERTIFICATE": str(both), "GATEWAY": f"127.0.0.1:{object_store.port}"})
    proxy.certificate = public
    try:
        yield proxy.start()
    finally:
        proxy.remove()


@pytest.fixture
def new_node(request, postgres, tmp_path):
    """Makes a node with these parameters of its store; `env` is added to its environment."""
    made = []

    def make(driver, parameters, env=None, **settings):
        data = tmp_path / f"node{len(made)}/data"
        storage = {"default": [driver, {"storage_path": f"/ways/{data.parent.parent.name}-{len(made)}", **parameters}]}
        node = Wharf(request.config.getoption("--wharf"), data, database_uri=postgres.new_database(),
                     settings={"DISTRIBUTED_STORAGE_CONFIG": storage, **SECRETS, **settings})
        node.env = {name: value for name, value in node.env.items() if not name.startswith("AWS_")} | (env or {})
        made.append(node)
        node.start()
        node.initialize()
        return node

    yield make
    for node in made:
        node.kill()


def gateway(store, **more):
    return {"hostname": "127.0.0.1", "port": store.port, "is_secure": False, "bucket_name": BUCKET,
            "access_key": store.access_key, "secret_key": store.secret_key, **more}


def bucket(store, **more):
    return {"s3_bucket": BUCKET, "s3_access_key": store.access_key, "s3_secret_key": store.secret_key, **more}


def client_of(node):
    return Registry(node.url, node.admin.name, node.admin.password)


def follow(link, **options):
    """Reads a presigned link; every name below localhost is this machine, as for browsers."""
    url = urlsplit(link)
    return requests.get(url._replace(netloc=f"127.0.0.1:{url.port}").geturl(), headers={"Host": url.netloc}, timeout=60,
                        **options)


WAYS = {
    "RHOCSStorage": lambda store, tls: ("RHOCSStorage", gateway(store, server_side_assembly=True), {}, "path"),
    "keys from the environment": lambda store, tls: (
        "RadosGWStorage", gateway(store, access_key="", secret_key=""),
        {"AWS_ACCESS_KEY_ID": store.access_key, "AWS_SECRET_ACCESS_KEY": store.secret_key}, "path"),
    "endpoint": lambda store, tls: (
        "S3Storage", bucket(store, endpoint_url=f"HTTP://127.0.0.1:{store.port}/"), {"AWS_REGION": "eu-west-1"},
        "path"),
    "virtual hosts": lambda store, tls: (
        "S3Storage", bucket(store, host="S3.localhost", port=store.port, is_secure=False, addressing_style="virtual"),
        {}, "virtual"),
    "TLS": lambda store, tls: (
        "S3Storage", bucket(store, host="127.0.0.1", port=tls.port, ca_cert_path=str(tls.certificate)), {}, "path"),
}


@pytest.mark.parametrize("way", WAYS)
def test_pushes_and_pulls(new_node, object_store, tls, way):
    driver, parameters, env, style = WAYS[way](object_store, tls)
    node = new_node(driver, parameters, env)
    client = client_of(node)
    layer = os.urandom(12 * MIB)  # several parts
    client.push_blob("admin/app", layer)
    client.push_image("admin/app", "v1", b"small")
    answer = client.get(f"/admin/app/blobs/{digest_of(layer)}", status=307)
    link = urlsplit(answer.headers["Location"])
    assert link.scheme == ("https" if way == "TLS" else "http")
    assert link.hostname == (f"{BUCKET}.s3.localhost" if style == "virtual" else "127.0.0.1")
    assert link.path.startswith(f"/{BUCKET}/") == (style == "path")
    verify = {"verify": str(tls.certificate)} if way == "TLS" else {}
    pulled = follow(answer.headers["Location"], **verify)
    assert pulled.status_code == 200, pulled.text
    assert pulled.content == layer


def test_a_certificate_that_is_not_trusted_is_not_spoken_to(new_node, object_store, tls):
    node = new_node("S3Storage", bucket(object_store, host="127.0.0.1", port=tls.port))
    client = client_of(node)
    address = client.start_upload("admin/app")
    client.patch(address, data=b"secret", headers=OCTETS, status=503)
    assert "certificate" in node.log_tail()


def test_an_abandoned_upload_is_aborted_in_the_store(new_node, object_store, postgres):
    node = new_node("RadosGWStorage", gateway(object_store, storage_path="/ways/abandoned"),
                    BLOBUPLOAD_DELETION_DATE_THRESHOLD=60)

    def under_way():
        answer = object_store.request("GET", BUCKET, query="prefix=ways%2Fabandoned%2F&uploads=")
        assert answer.status_code == 200, answer.text
        return len(re.findall("<UploadId>", answer.text))

    client = client_of(node)
    uploads = [client.start_upload("admin/app") for _ in range(2)]
    for address in uploads:
        client.patch(address, data=os.urandom(12 * MIB), headers=OCTETS, status=202)
    assert under_way() == 2
    # As if the first had been left two hours ago.
    identifier = uploads[0].rsplit("/", 1)[1].split("?")[0]
    postgres.sql(f"UPDATE upload SET updated_ms = updated_ms - 7200000 WHERE id = '{identifier}'", node_database(node))
    wait_until(lambda: under_way() == 1, "the round that ends uploads comes a minute after the start", seconds=150)
    client.get(uploads[0], status=404)
    client.get(uploads[1], status=204)


def node_database(node):
    return re.search(r'"DB_URI": "([^"]*)"', (node.data / "config.yaml").read_text())[1]


def metric(node, name):
    text = requests.get(node.url + "/metrics", timeout=10).text
    found = re.findall(rf"^{name}(?:{{[^}}]*}})? (\S+)$", text, re.M)
    return sum(float(value) for value in found)


class SlowUpload:
    """A PATCH whose client sends what it likes, when it likes."""

    def __init__(self, node, token, address, size):
        self.size, self.sent = size, b""
        self.address = address
        self.socket = socket.create_connection(("127.0.0.1", node.port), timeout=120)
        self.socket.sendall(f"PATCH {urlsplit(address).path} HTTP/1.1\r\nHost: {node.host}\r\n"
                            f"Authorization: Bearer {token}\r\nContent-Type: application/octet-stream\r\n"
                            f"Content-Length: {size}\r\n\r\n".encode())

    def send(self, content):
        self.socket.sendall(content)
        self.sent += content

    def end(self):
        """The status of the answer to the whole."""
        answer = b""
        while b"\r\n" not in answer:
            more = self.socket.recv(4096)
            if not more:
                break
            answer += more
        return int(answer.split()[1]) if answer else 0


def test_many_clients_that_stall_take_no_more_memory_than_there_is_for_uploads(new_node, object_store):
    node = new_node("RadosGWStorage", gateway(object_store), FEATURE_PROXY_STORAGE=True)
    client = client_of(node)
    client.push_blob("admin/app", b"warm")
    token = client.token("repository:admin/app:pull,push")
    count, front, whole = 400, 1_300_000, 6_000_000
    with concurrent.futures.ThreadPoolExecutor(32) as pool:
        uploads = [SlowUpload(node, token, client.start_upload("admin/app"), whole) for _ in range(count)]
        list(pool.map(lambda upload: upload.send(os.urandom(front)), uploads))
        wait_until(lambda: metric(node, "wharf_s3_spilled_bytes_total") > (count * front - 256 * MIB) / 2,
                   "what does not fit is in the store", seconds=120)
        assert metric(node, "wharf_s3_upload_memory_bytes") <= (256 + 64) * MIB + count * 32 * 1024
        # Others are not held up, and nothing of what was put away is lost.
        content = os.urandom(20 * MIB)
        client.push_blob("admin/app", content)
        assert client.get(f"/admin/app/blobs/{digest_of(content)}", status=200).content == content

        def finish(upload):
            upload.send(os.urandom(whole - front))
            assert upload.end() == 202
            digest = digest_of(upload.sent)
            mine = client_of(node)
            mine.put(mine.with_digest(upload.address, digest), status=201)
            assert mine.get(f"/admin/app/blobs/{digest}", status=200).content == upload.sent

        list(pool.map(finish, uploads[::20]))
    peak = node.resident_kib("VmHWM")
    print(f"{peak // 1024} MiB at the peak")
    assert peak < 700 * 1024, f"{peak} KiB at the peak"
    for upload in uploads:
        upload.socket.close()
    wait_until(lambda: metric(node, "wharf_s3_upload_memory_bytes") == 0, "memory comes back when clients go")


def test_a_store_that_hangs_answers_many_pushes_with_503(new_node, object_store):
    node = new_node("RadosGWStorage", gateway(object_store), FEATURE_PROXY_STORAGE=True)
    client = client_of(node)
    client.push_blob("admin/app", b"warm")
    headers = {**OCTETS, "Authorization": "Bearer " + client.token("repository:admin/app:pull,push")}
    addresses = [client.start_upload("admin/app") for _ in range(150)]

    def push(address):
        return requests.put(client.with_digest(address, digest_of(b"new")), data=b"new", headers=headers, timeout=300)

    object_store.gateway.send_signal(signal.SIGSTOP)
    try:
        with concurrent.futures.ThreadPoolExecutor(len(addresses)) as pool:
            answers = list(pool.map(push, addresses))
    finally:
        object_store.gateway.send_signal(signal.SIGCONT)
    assert {answer.status_code for answer in answers} == {503}
    assert all(int(answer.headers["Retry-After"]) > 0 for answer in answers)
    slowest = max(answer.elapsed.total_seconds() for answer in answers)
    print(f"the slowest of {len(answers)} was told after {slowest:.1f} s")
    assert push(addresses[0]).status_code == 201
