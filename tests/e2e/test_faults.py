"""What goes wrong around the server: restarts, kills, clients that vanish, a disk that is full, races."""
import hashlib
import json
import os
import pathlib
import socket
import subprocess
import threading
from urllib.parse import urlsplit

import pytest

from harness.process import run, wait_until
from harness.registry import OCI_MANIFEST, Registry, digest_of

OCTETS = {"Content-Type": "application/octet-stream"}


@pytest.fixture
def own(new_server):
    """A server of the test's own, with its first user, and requests to it as that user."""
    server = new_server("own").start()
    admin = server.initialize()
    return server, Registry(server.url, admin.name, admin.password)


def test_an_upload_goes_on_after_a_restart(own):
    server, registry = own
    first, second = os.urandom(300_000), os.urandom(200_000)
    answer = registry.patch(registry.start_upload("admin/app"), data=first, headers=OCTETS, status=202)
    server.stop()
    server.start()
    address = registry.location(answer)
    state = registry.get(address, status=204)
    assert state.headers["Range"] == f"0-{len(first) - 1}"
    answer = registry.patch(registry.location(state), data=second, status=202, headers={
        **OCTETS, "Content-Range": f"{len(first)}-{len(first) + len(second) - 1}"})
    digest = digest_of(first + second)
    registry.put(registry.with_digest(registry.location(answer), digest), status=201)
    assert registry.get(f"/admin/app/blobs/{digest}", status=200).content == first + second


def test_what_was_answered_201_survives_a_kill(own):
    server, registry = own
    digest, manifest = registry.push_image("admin/app", "v1", os.urandom(100_000))
    answer = registry.patch(registry.start_upload("admin/app"), data=b"open", headers=OCTETS, status=202)
    server.kill()
    server.start()
    got = registry.manifest("admin/app", "v1", status=200)
    assert digest_of(got.content) == digest
    for entry in [manifest["config"], *manifest["layers"]]:
        assert digest_of(registry.get(f"/admin/app/blobs/{entry['digest']}", status=200).content) == entry["digest"]
    # The upload that was open is there still or gone, but never half a blob.
    assert registry.get(registry.location(answer)).status_code in (204, 404)
    registry.push_image("admin/app", "v2", b"after the kill")


def test_kills_in_the_middle_of_pushes_leave_nothing_broken(own):
    server, registry = own
    done = []
    for round_ in range(5):
        def push():
            caller = Registry(server.url, "admin", server.admin.password)
            for n in range(1000):
                try:
                    digest, _ = caller.push_image("admin/app", f"r{round_}-{n}", os.urandom(20_000))
                except Exception:  # the server is gone: that is the point
                    return
                done.append((f"r{round_}-{n}", digest))
        before = len(done)
        thread = threading.Thread(target=push)
        thread.start()
        wait_until(lambda: len(done) >= before + 3 + round_ or not thread.is_alive(), "some pushes")
        server.kill()
        thread.join()
        server.start()
        assert len(done) > before
    for tag, digest in done:
        got = registry.manifest("admin/app", tag, status=200)
        assert digest_of(got.content) == digest
        for entry in got.json()["layers"]:
            assert digest_of(registry.get(f"/admin/app/blobs/{entry['digest']}", status=200).content) \
                == entry["digest"]


def raw_request(registry, verb, address, headers, body):
    """Sends the head and `body` over a socket of its own and returns the socket."""
    parts = urlsplit(address)
    token = registry.token("repository:admin/app:pull,push")
    lines = [f"{verb} {parts.path}{'?' + parts.query if parts.query else ''} HTTP/1.1", f"Host: {parts.netloc}",
             f"Authorization: Bearer {token}", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    connection = socket.create_connection((parts.hostname, parts.port), timeout=30)
    connection.sendall("\r\n".join(lines).encode() + body)
    return connection


@pytest.mark.parametrize("framing", ["length", "chunked"])
def test_a_client_that_stops_half_way_leaves_no_blob(own, framing):
    server, registry = own
    address = registry.start_upload("admin/app")
    data = os.urandom(1_000_000)
    digest = digest_of(data)
    if framing == "length":
        headers, body = {"Content-Length": len(data)}, data[:600_000]
    else:
        headers, body = {"Transfer-Encoding": "chunked"}, b"%x\r\n" % len(data) + data[:600_000]
    connection = raw_request(registry, "PUT", registry.with_digest(address, digest), headers, body)
    connection.close()
    registry.head(f"/admin/app/blobs/{digest}", status=404)
    wait_until(lambda: registry.head(f"/admin/app/blobs/{digest}").status_code == 404 and
               registry.get(address).status_code in (204, 404), "the upload is let go")
    # The whole is pushed afterwards as if nothing had been.
    registry.push_blob("admin/app", data)
    assert registry.get(f"/admin/app/blobs/{digest}", status=200).content == data


def test_a_patch_that_breaks_off_keeps_what_came(own):
    server, registry = own
    address, data = registry.start_upload("admin/app"), os.urandom(500_000)
    connection = raw_request(registry, "PATCH", address, {"Content-Length": len(data)}, data[:200_000])
    connection.close()
    received = 0

    def settled():
        nonlocal received
        answer = registry.get(address)
        if answer.status_code != 204 or answer.headers["Range"] in ("0-0", "0--1"):
            return False
        received = int(answer.headers["Range"].split("-")[1]) + 1
        return True

    wait_until(settled, "the bytes that came are kept")
    assert 0 < received <= 200_000
    answer = registry.patch(address, data=data[received:], status=202,
                            headers={**OCTETS, "Content-Range": f"{received}-{len(data) - 1}"})
    registry.put(registry.with_digest(registry.location(answer), digest_of(data)), status=201)
    assert registry.get(f"/admin/app/blobs/{digest_of(data)}", status=200).content == data


def test_clients_that_vanish_leave_no_open_files(own):
    server, registry = own
    digest = registry.push_blob("admin/app", os.urandom(20_000_000))
    before = server.open_files()
    for _ in range(50):
        connection = raw_request(registry, "GET", f"{server.url}/v2/admin/app/blobs/{digest}", {}, b"")
        assert connection.recv(1000).startswith(b"HTTP/1.1 200")
        connection.close()
    wait_until(lambda: server.open_files() <= before + 5, "the server closes their files and sockets")
    assert digest_of(registry.get(f"/admin/app/blobs/{digest}", status=200).content) == digest


def test_one_tag_pushed_by_many_at_once_ends_as_one_of_them(own):
    server, registry = own
    digests, errors = [], []

    def push(n):
        try:
            caller = Registry(server.url, "admin", server.admin.password)
            for _ in range(5):
                digests.append(caller.push_image("admin/app", "latest", b"by %d" % n)[0])
        except Exception as error:
            errors.append(error)

    registry.push_image("admin/app", "latest")
    threads = [threading.Thread(target=push, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors, errors[0]
    assert registry.manifest("admin/app", "latest", status=200).headers["Docker-Content-Digest"] in digests
    alive = server.api(server.admin).get("/repository/admin/app/tag/?onlyActiveTags=true", status=200).json()["tags"]
    assert [tag["name"] for tag in alive] == ["latest"]


def test_one_blob_pushed_by_many_at_once_is_stored_once(own):
    server, registry = own
    data, errors = os.urandom(3_000_000), []

    def push():
        try:
            Registry(server.url, "admin", server.admin.password).push_blob("admin/app", data)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=push) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors, errors[0]
    assert registry.get(f"/admin/app/blobs/{digest_of(data)}", status=200).content == data
    wait_until(lambda: server.stored_bytes() < 2 * len(data), "one copy is kept")


def test_writers_that_send_the_same_chunk_at_once_do_not_mix(own):
    server, registry = own
    address, data, states = registry.start_upload("admin/app"), os.urandom(400_000), []

    def write():
        caller = Registry(server.url, "admin", server.admin.password)
        states.append(caller.patch(address, data=data, headers={**OCTETS, "Content-Range": "0-399999"}).status_code)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(states) == 4 and 202 in states and all(state < 500 for state in states), states
    state = registry.get(address, status=204)
    assert state.headers["Range"] == "0-399999"
    registry.put(registry.with_digest(registry.location(state), digest_of(data)), status=201)


@pytest.fixture
def small_disk(tmp_path):
    """A tmpfs of 24 MiB; needs the right to mount."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", folder], check=False)
    if mounted.returncode != 0:
        pytest.skip(f"this machine lets nobody mount: {mounted.stderr.strip()}")
    yield folder
    run(["umount", "-l", folder])


def test_a_full_disk_refuses_and_the_server_stays(new_server, small_disk):
    server = new_server("full", data=small_disk / "data", blobs_there=True).start()
    server.log_path = pathlib.Path(f"{small_disk}.log")  # not on the disk that fills
    admin = server.initialize()
    registry = Registry(server.url, admin.name, admin.password)
    kept, manifest = registry.push_image("admin/app", "kept", os.urandom(100_000))
    data = os.urandom(40_000_000)
    address = registry.with_digest(registry.start_upload("admin/app"), digest_of(data))
    answer = registry.put(address, data=data, headers=OCTETS)
    assert answer.status_code in (500, 507), answer.text
    registry.head(f"/admin/app/blobs/{digest_of(data)}", status=404)
    # What was there can be pulled, and there is room again: nothing half-stored is left.
    assert digest_of(registry.manifest("admin/app", "kept", status=200).content) == kept
    wait_until(lambda: server.stored_bytes() < 5_000_000, "what was written of the refused blob is gone")
    registry.push_image("admin/app", "after", os.urandom(2_000_000))
    server.stop()


def test_a_term_in_the_middle_of_a_pull_lets_it_end(own):
    server, registry = own
    digest = registry.push_blob("admin/app", os.urandom(50_000_000))
    answer = registry.get(f"/admin/app/blobs/{digest}", status=200, stream=True)
    first = answer.raw.read(1_000_000)
    process = server.process
    process.terminate()
    rest = answer.raw.read()
    assert digest_of(first + rest) == digest
    assert process.wait(20) == 0
    server.process = None


def test_memory_does_not_grow_with_the_blob(own):
    server, registry = own
    registry.push_blob("admin/app", os.urandom(1_000_000))
    before = server.resident_kib("VmHWM")
    piece, count = os.urandom(1 << 20), 300
    answer = registry.patch(registry.start_upload("admin/app"), data=(piece for _ in range(count)), headers=OCTETS,
                            status=202)
    sha = hashlib.sha256()
    for _ in range(count):
        sha.update(piece)
    digest = f"sha256:{sha.hexdigest()}"
    registry.put(registry.with_digest(registry.location(answer), digest), status=201)
    with registry.get(f"/admin/app/blobs/{digest}", status=200, stream=True) as pull:
        assert sum(len(part) for part in pull.iter_content(1 << 20)) == count << 20
    grown = server.resident_kib("VmHWM") - before
    assert grown < 100_000, f"300 MiB through the server cost it {grown} KiB"


@pytest.mark.parametrize("head", [
    b"GET /v2/ HTTP/1.1\r\n\r\n",
    b"GET /v2/ HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST /v2/auth HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n",
    b"GET /v2/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    b"NONSENSE\r\n\r\n",
    b"GET /v2/ HTTP/1.1\r\nHost: x\r\nBad Header: y\r\n\r\n",
    b"GET /v2/ HTTP/1.1\r\nHost: x\r\nA: b\r\n folded\r\n\r\n",
], ids=["no host", "two lengths", "odd encoding", "lengths differ", "no request", "bad name", "folded"])
def test_a_request_that_could_be_smuggled_is_refused(wharf, head):
    with socket.create_connection(("127.0.0.1", wharf.port), timeout=30) as connection:
        connection.sendall(head)
        status = connection.recv(4096).split(b"\r\n")[0]
        assert status.startswith(b"HTTP/1.1 400"), status


def test_a_second_server_on_the_same_data_is_refused_or_harmless(own):
    server, registry = own
    registry.push_image("admin/app", "v1")
    second = subprocess.run([server.binary, "serve", "--data", str(server.data), "--listen", server.host],
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=30)
    assert second.returncode != 0, "the port is taken"
    registry.manifest("admin/app", "v1", status=200)


def test_a_manifest_and_its_tag_are_one_step(own):
    """A reader beside a writer that moves a tag sees the one or the other image, never neither."""
    server, registry = own
    bodies = [json.dumps(registry.push_image("admin/app", "latest", b"%d" % n)[1]).encode() for n in range(2)]
    digests = [digest_of(body) for body in bodies]
    registry.put("/admin/app/manifests/latest", data=bodies[0], headers={"Content-Type": OCI_MANIFEST}, status=201)
    seen, stop = [], threading.Event()

    def read():
        caller = Registry(server.url, "admin", server.admin.password)
        while not stop.is_set():
            answer = caller.manifest("admin/app", "latest")
            seen.append((answer.status_code, answer.headers.get("Docker-Content-Digest")))

    thread = threading.Thread(target=read)
    thread.start()
    for n in range(60):
        registry.put("/admin/app/manifests/latest", data=bodies[n % 2], headers={"Content-Type": OCI_MANIFEST},
                     status=201)
    stop.set()
    thread.join()
    assert seen and {status for status, _ in seen} == {200}
    assert {digest for _, digest in seen} <= set(digests)
