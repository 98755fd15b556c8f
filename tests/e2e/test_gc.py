"""Garbage collection on a real data folder: by hand, by the server, among pushes."""
import json
import os
import random
import threading
import time

import requests

from harness.process import wait_until
from harness.registry import OCI_CONFIG, OCI_LAYER, OCI_MANIFEST, Registry, descriptor, digest_of

# Nothing is kept for anybody: what has no tag can go a second later.
AT_ONCE = {"DEFAULT_TAG_EXPIRATION": "0s", "PUSH_TEMP_TAG_EXPIRATION_SEC": 1}


def started(new_server, **settings):
    server = new_server("gc", settings={**AT_ONCE, **settings}).start()
    admin = server.initialize()
    return server, Registry(server.url, admin.name, admin.password)


def gc(server, *arguments):
    return json.loads(server.cli("gc", "--json", *arguments).stdout)


def metric_of(server, name):
    text = requests.get(server.url + "/metrics", timeout=30).text
    return next(float(line.split()[-1]) for line in text.splitlines() if line.startswith(name))


def test_the_command_says_and_does_it(new_server):
    server, registry = started(new_server, FEATURE_GARBAGE_COLLECTION=False)
    registry.push_image("admin/app", "v1", os.urandom(200_000))
    registry.push_image("admin/app", "v2", os.urandom(100_000))
    full = server.stored_bytes()
    registry.delete("/admin/app/manifests/v1", status=202)
    wait_until(lambda: gc(server, "--dry-run")["blobs"] == 2, "the uploads' second passes")
    said = gc(server, "--dry-run")
    assert said["dry_run"] and said["tags"] == said["manifests"] == 1 and said["bytes"] > 200_000
    assert server.stored_bytes() == full
    done = gc(server)
    assert done == {**said, "dry_run": False}
    assert server.stored_bytes() == full - done["bytes"]
    registry.manifest("admin/app", "v2", status=200)

    # On the stopped data folder, in words.
    registry.delete("/admin/app/manifests/v2", status=202)
    server.stop()
    assert "Would free" in server.cli("gc", "--dry-run").stdout
    assert "1 tag, 1 manifest" in server.cli("gc").stdout
    assert server.stored_bytes() == 0
    assert gc(server)["bytes"] == 0
    server.start()
    registry = Registry(server.url, "admin", server.admin.password)
    registry.push_image("admin/app", "v3", b"again")
    registry.manifest("admin/app", "v3", status=200)
    server.stop()


def test_the_server_does_it_by_itself_and_counts(new_server):
    server, registry = started(new_server, GARBAGE_COLLECTION_FREQUENCY=1)
    registry.push_image("admin/app", "v1", os.urandom(100_000))
    registry.push_image("admin/kept", "v1", b"kept")
    kept = len(b"layer kept")
    server.api(server.admin).delete("/repository/admin/app", status=204)
    wait_until(lambda: server.stored_bytes() < 1_000, "the bytes come back")
    assert server.stored_bytes() >= kept

    def metric(name):
        return metric_of(server, name)

    wait_until(lambda: metric("quay_gc_repos_purged_total") == 1, "the purge is counted")
    assert metric("quay_gc_storage_blobs_deleted_total") == 2
    assert metric('quay_gc_table_rows_deleted_total{table="Manifest"}') == 1
    assert metric("wharf_gc_freed_bytes_total") > 100_000
    assert metric("quay_gc_iterations_total") >= 1
    registry.manifest("admin/kept", "v1", status=200)
    server.stop()


def test_no_server_collects_where_it_is_switched_off(new_server):
    server, _ = started(new_server, GARBAGE_COLLECTION_FREQUENCY=1, FEATURE_GARBAGE_COLLECTION=False)
    assert "quay_gc_iterations_total" not in requests.get(server.url + "/metrics", timeout=30).text
    server.stop()


def test_pushes_of_what_is_being_collected_are_whole_or_refused(new_server):
    """The same bytes are pushed, let go of, and pushed again, while two processes collect without a pause."""
    server, _ = started(new_server, GARBAGE_COLLECTION_FREQUENCY=1)
    stop = threading.Event()
    wrong, pushed = [], []

    def push(number):
        mine = Registry(server.url, server.admin.name, server.admin.password)
        pair = number // 2  # two share a repository and its bytes
        repository, tag = f"admin/app{pair}", f"t{number}"
        layers = [f"layer {pair} {i}".encode() * 2_000 for i in range(3)]
        config = json.dumps({"architecture": "amd64", "os": "linux", "author": str(pair)}).encode()
        blobs = (config, *layers)
        manifest = json.dumps({"schemaVersion": 2, "mediaType": OCI_MANIFEST, "config": descriptor(config, OCI_CONFIG),
                               "layers": [descriptor(layer, OCI_LAYER) for layer in layers]}).encode()
        rests = random.Random(number)
        while not stop.is_set():
            for blob in blobs:
                # As clients do: what is said to be there is not sent.
                if mine.head(f"/{repository}/blobs/{digest_of(blob)}").status_code == 404:
                    mine.push_blob(repository, blob)
            answer = mine.put(f"/{repository}/manifests/{tag}", data=manifest, headers={"Content-Type": OCI_MANIFEST})
            if answer.status_code != 201:
                assert "MANIFEST_BLOB_UNKNOWN" in answer.text, f"{answer.status_code} {answer.text}"
                continue
            assert mine.manifest(repository, tag, status=200).content == manifest
            for blob in blobs:
                assert mine.get(f"/{repository}/blobs/{digest_of(blob)}", status=200).content == blob
            pushed.append(1)
            mine.delete(f"/{repository}/manifests/{tag}", status=202)
            stop.wait(rests.uniform(0.5, 3))  # it goes after two seconds or so, unless the other one has it

    def guarded(number):
        try:
            push(number)
        except BaseException as error:  # told by the main thread
            wrong.append(error)
            stop.set()

    threads = [threading.Thread(target=guarded, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    freed = 0
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and not stop.is_set():
        freed += gc(server)["blobs"]
    stop.set()
    for thread in threads:
        thread.join()
    assert not wrong, wrong
    assert len(pushed) > 10
    assert freed + metric_of(server, "quay_gc_storage_blobs_deleted_total") > 10
    wait_until(lambda: gc(server)["blobs"] == 0 and server.stored_bytes() == 0, "nothing is left")
    server.stop()
