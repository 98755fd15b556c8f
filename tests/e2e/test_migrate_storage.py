"""`wharf migrate-storage`: blobs go from one storage location to another while the server serves them."""
import json
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import threading

import pytest

from harness.process import die_with_parent, run, wait_until
from harness.registry import OCI_CONFIG, OCI_LAYER, OCI_MANIFEST, Registry, descriptor, digest_of
from harness.server import Wharf

MIB = 1024 * 1024


def folder(path):
    return ["LocalStorage", {"storage_path": str(path)}]


class Moving:
    """A server whose blobs are to move from `old` to `new`; its configuration changes as an operator's would."""

    def __init__(self, binary, data, old, new, database_uri):
        self.old, self.new = old, new
        self.uri = database_uri
        self.settings = {"FEATURE_GARBAGE_COLLECTION": False, **({"DB_URI": database_uri} if database_uri else {})}
        self.server = Wharf(binary, data)
        self.registry = None

    def restart(self, **settings):
        self.server.stop()
        (self.server.data / "config.yaml").write_text(json.dumps({**self.settings, **settings}))
        self.server.start()
        if self.server.admin is None:
            self.server.initialize()
        self.registry = Registry(self.server.url, self.server.admin.name, self.server.admin.password)

    def with_old_alone(self):
        self.restart(DISTRIBUTED_STORAGE_CONFIG={"old": self.old})

    def with_both(self, **settings):
        self.restart(DISTRIBUTED_STORAGE_CONFIG={"old": self.old, "new": self.new},
                     **{"DISTRIBUTED_STORAGE_PREFERENCE": ["new"], **settings})

    def with_new_alone(self):
        self.restart(DISTRIBUTED_STORAGE_CONFIG={"new": self.new})

    def move(self, *arguments, status=0):
        done = self.server.cli("migrate-storage", "--to", "new", "--json", *arguments, check=False)
        assert done.returncode == status, f"{done.returncode}\n{done.stdout}\n{done.stderr}"
        return json.loads(done.stdout)

    def push(self, tag, size=100_000):
        """An image with a layer of noise; answers its blobs' digests."""
        config, layer = json.dumps({"architecture": "amd64", "os": "linux", "author": tag}).encode(), os.urandom(size)
        for blob in (config, layer):
            self.registry.push_blob("admin/app", blob)
        self.registry.push_manifest("admin/app", tag, {
            "schemaVersion": 2, "mediaType": OCI_MANIFEST, "config": descriptor(config, OCI_CONFIG),
            "layers": [descriptor(layer, OCI_LAYER)]})
        return [digest_of(config), digest_of(layer)]

    def assert_whole(self, digests):
        for digest in digests:
            answer = self.registry.get(f"/admin/app/blobs/{digest}", status=(200, 307))
            if answer.status_code == 307:
                answer = self.registry.session.get(answer.headers["Location"], timeout=60)
                assert answer.status_code == 200, answer.text
            assert digest_of(answer.content) == digest

    def sql(self, statement):
        """Runs a statement; a query answers one number."""
        if self.uri:
            answer = run(["psql", self.uri, "-qAtX", "-c", statement]).stdout.strip()
            return int(answer) if answer else None
        with sqlite3.connect(self.server.data / "wharf.db", timeout=30) as database:
            row = database.execute(statement).fetchone()
            return row[0] if row else None

    def count(self, condition):
        return self.sql(f"SELECT COUNT(*) FROM blob WHERE {condition}")

    def pass_an_hour(self):
        """For what is left behind, as far as the collection can tell."""
        self.sql("UPDATE blob_left SET due_ms = due_ms - 3600000 WHERE due_ms < 9000000000000000000")

    def collect(self):
        return json.loads(self.server.cli("gc", "--json").stdout)


@pytest.fixture
def moving(request, tmp_path):
    """From a folder to another one."""
    server = Moving(request.config.getoption("--wharf"), tmp_path / "data", folder(tmp_path / "old"),
                    folder(tmp_path / "new"), "")
    yield server
    server.server.kill()


@pytest.fixture
def moving_to_s3(request, tmp_path, object_store):
    """From a folder to a bucket, on PostgreSQL."""
    uri = request.getfixturevalue("postgres").new_database()
    server = Moving(request.config.getoption("--wharf"), tmp_path / "data", folder(tmp_path / "old"),
                    object_store.storage(f"/moved-{uri.rsplit('/', 1)[1]}")["default"], uri)
    yield server
    server.server.kill()


def files(location):
    root = pathlib.Path(location[1]["storage_path"]) / "sha256"
    return sorted("sha256:" + path.name for path in root.rglob("*") if path.is_file())


def test_everything_is_pulled_from_the_new_folder_when_the_old_one_is_gone(moving):
    moving.with_old_alone()
    digests = moving.push("v1") + moving.push("v2")
    assert moving.count("place <> ''") == 0, "one location gives no names"
    moving.with_both()
    digests += moving.push("v3")
    new = set(files(moving.new))
    assert len(new) == 2, "what is pushed goes to the preferred location"
    moving.assert_whole(digests)

    first = moving.move("--limit", "1")
    assert first["moved"] == 1 and first["failed"] == 0
    moved = moving.move()
    assert moved["to"] == "new" and moved["moved"] == 3 and moved["failed"] == 0 and moved["failures"] == []
    assert moved["skipped"] == 3
    assert set(files(moving.new)) == set(digests)
    moving.assert_whole(digests)

    assert moving.collect()["blobs"] == 0
    assert len(files(moving.old)) == 4, "those who read there just now go on"
    moving.pass_an_hour()
    said = json.loads(moving.server.cli("gc", "--json", "--dry-run").stdout)
    done = moving.collect()
    assert done == {**said, "dry_run": False} and done["blobs"] == 4 and done["bytes"] > 200_000
    assert files(moving.old) == []
    moving.assert_whole(digests)

    moving.with_new_alone()
    shutil.rmtree(moving.old[1]["storage_path"])
    moving.assert_whole(digests)
    moving.assert_whole(moving.push("v4"))
    moving.registry.push_image("admin/app", "again", b"")
    assert moving.collect()["blobs"] == 0
    moving.assert_whole(digests)


def test_the_command_says_what_it_did_and_what_is_wrong(moving):
    moving.with_old_alone()
    moving.push("v1")
    done = moving.server.cli("migrate-storage", "--to", "new", check=False)
    assert done.returncode == 1 and "one location alone: old" in done.stderr
    moving.with_both(DISTRIBUTED_STORAGE_PREFERENCE=["old"])
    for arguments, complaint in (
            (("--to", "nwe"), '--to: "nwe" is not in DISTRIBUTED_STORAGE_CONFIG; expected old, new'),
            (("--to", "new", "--from", "x"), '--from: "x" is not'),
            (("--to", "new", "--from", "new"), "--from and --to are the same location")):
        done = moving.server.cli("migrate-storage", *arguments, check=False)
        assert done.returncode == 1 and complaint in done.stderr and done.stdout == ""
    assert moving.server.cli("migrate-storage", check=False).returncode != 0
    assert moving.server.cli("migrate-storage", "--to", "new", "--parallel", "0", check=False).returncode != 0
    done = moving.server.cli("migrate-storage", "--to", "new", "--from", "old", "--parallel", "1")
    assert done.stdout.startswith("Moved 2 blobs, ") and "to new; 0 skipped, 0 failed." in done.stdout
    assert "new blobs still go to old" in done.stderr


def test_kept_bytes_stay_where_they_were(moving):
    moving.with_old_alone()
    digests = moving.push("v1")
    moving.with_both()
    assert moving.move("--keep")["moved"] == 2
    moving.pass_an_hour()
    moving.collect()
    assert files(moving.old) == sorted(digests) == files(moving.new)


def test_a_damaged_blob_is_reported_and_left_where_it_is(moving):
    moving.with_old_alone()
    digests = moving.push("v1")
    moving.with_both()
    path = next(p for p in pathlib.Path(moving.old[1]["storage_path"], "sha256").rglob(digests[1].split(":")[1]))
    content = bytearray(path.read_bytes())
    content[1000] ^= 1
    path.write_bytes(content)
    moved = moving.move(status=1)
    assert moved["moved"] == 1 and moved["failed"] == 1
    failure, = moved["failures"]
    assert failure["digest"] == digests[1] and "damaged" in failure["error"]
    moving.pass_an_hour()
    moving.collect()
    assert path.read_bytes() == content
    assert files(moving.new) == [digests[0]]
    # Put right, it moves.
    content[1000] ^= 1
    path.write_bytes(content)
    assert moving.move()["moved"] == 1
    moving.assert_whole(digests)


def pull_and_push(moving, digests, stop, wrong):
    """Until `stop`: everything is pulled, and something new pushed, over and over."""
    mine = Registry(moving.server.url, moving.server.admin.name, moving.server.admin.password)
    number = 0
    try:
        while not stop.is_set():
            for digest in digests:
                answer = mine.get(f"/admin/app/blobs/{digest}")
                if answer.status_code == 307:
                    answer = mine.session.get(answer.headers["Location"], timeout=60)
                if answer.status_code != 200 or digest_of(answer.content) != digest:
                    wrong.append((digest, answer.status_code, answer.text[:200]))
            number += 1
            content = f"{threading.get_ident()} {number}".encode() * 1000
            mine.get(f"/admin/app/blobs/{mine.push_blob('admin/app', content)}", status=(200, 307))
    except BaseException as failure:  # a thread's own end: the test tells of it
        wrong.append(repr(failure))


@pytest.mark.parametrize("where", ["moving", "moving_to_s3"])
def test_killed_in_the_middle_and_run_again_nothing_is_lost_while_clients_go_on(request, where):
    moving = request.getfixturevalue(where)
    moving.with_old_alone()
    digests = [digest for number in range(15) for digest in moving.push(f"v{number}", 2 * MIB)]
    big = os.urandom(40 * MIB)  # of several parts
    moving.registry.push_blob("admin/app", big)
    moving.with_both()
    stop, wrong = threading.Event(), []
    clients = [threading.Thread(target=pull_and_push, args=(moving, digests, stop, wrong)) for _ in range(2)]
    for client in clients:
        client.start()
    try:
        for _ in range(3):
            enough = moving.count("place LIKE '@new/%'") + 3
            process = subprocess.Popen([moving.server.binary, "migrate-storage", "--to", "new", "--data",
                                        moving.server.data, "--parallel", "2"], stdout=subprocess.DEVNULL,
                                       stderr=subprocess.PIPE, preexec_fn=die_with_parent, env=moving.server.env)

            def is_halfway():
                return process.poll() is not None or moving.count("place LIKE '@new/%'") > enough  # noqa: B023

            wait_until(is_halfway, "some have moved")
            process.send_signal(signal.SIGKILL)
            process.communicate()
        moved = moving.move()
        assert moved["failed"] == 0 and moved["skipped"] > 3
    finally:
        stop.set()
        for client in clients:
            client.join()
    assert wrong == []
    again = moving.move()
    assert again["failed"] == 0
    assert moving.count("place NOT LIKE '@new/%'") == 0
    moving.pass_an_hour()
    moving.collect()
    assert files(moving.old) == []
    moving.assert_whole([*digests, digest_of(big)])
    moving.with_new_alone()
    shutil.rmtree(moving.old[1]["storage_path"])
    moving.assert_whole([*digests, digest_of(big)])
    moving.assert_whole(moving.push("after"))
    # No object that a row points to is a stray of the one location that is left.
    moving.collect()
    moving.assert_whole([*digests, digest_of(big)])


def test_two_nodes_serve_while_blobs_go_from_bucket_to_bucket(request, postgres, object_store, tmp_path):
    uri = postgres.new_database()
    name = uri.rsplit("/", 1)[1]
    old, new = (object_store.storage(f"/{name}/{which}")["default"] for which in ("old", "new"))
    secrets = {"SECRET_KEY": "a key that the nodes of a test share", "DATABASE_SECRET_KEY": "another that they share"}
    nodes = [Moving(request.config.getoption("--wharf"), tmp_path / f"{number}/data", old, new, uri) for number in "12"]
    first, second = nodes
    try:
        for node in nodes:
            node.settings |= secrets
            if node is second:
                second.server.admin = first.server.admin
            node.with_old_alone()
        digests = first.push("v1", 12 * MIB) + second.push("v2")
        # First all know the new location, then they prefer it; what one writes the other reads at each step.
        for preference in ("old", "new"):
            for node in nodes:
                node.with_both(DISTRIBUTED_STORAGE_PREFERENCE=[preference])
                digests += node.push(f"{preference}{nodes.index(node)}")
                for reader in nodes:
                    reader.assert_whole(digests)
        moved = second.move()
        assert moved["moved"] == 8 and moved["failed"] == 0
        for node in nodes:
            node.assert_whole(digests)
        first.pass_an_hour()
        assert first.collect()["blobs"] == 8
        assert object_store.blobs(f"/{name}/old") == {}
        for node in nodes:
            node.with_new_alone()
            node.assert_whole(digests)
        digests += first.push("v3")
        second.collect()
        second.assert_whole(digests)
    finally:
        for node in nodes:
            node.server.kill()


def test_an_upload_that_began_at_the_old_location_ends_there(moving):
    moving.with_old_alone()
    content = os.urandom(3 * MIB)
    address = moving.registry.start_upload("admin/app")
    moving.registry.patch(address, data=content[:MIB], status=202)
    moving.with_both()
    address = moving.server.url + "/v2/" + address.split("/v2/", 1)[1]
    moving.registry.patch(address, data=content[MIB:], status=202)
    digest = digest_of(content)
    moving.registry.put(moving.registry.with_digest(address, digest), status=201)
    assert files(moving.old) == [digest] and files(moving.new) == []
    assert moving.move()["moved"] == 1
    moving.assert_whole([digest])


def test_locations_that_cannot_be_told_apart_stop_the_start(moving, tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "same")
    for locations, complaint in (
            ({"a": folder(tmp_path / "same"), "b": folder(tmp_path / "link")}, "a and b are the same folder"),
            ({"a": folder(tmp_path / "same"), "b": folder(tmp_path / "same")}, "a and b are the same"),
            ({"a/b": folder(tmp_path / "x"), "b": folder(tmp_path / "y")}, "not \"a/b\"")):
        (moving.server.data / "config.yaml").write_text(json.dumps({"DISTRIBUTED_STORAGE_CONFIG": locations}))
        done = moving.server.cli("gc", check=False)
        assert done.returncode == 1 and complaint in done.stderr, done.stderr


def test_health_tells_of_each_location(moving):
    moving.with_both()
    api = moving.server.api()
    assert api.session.get(moving.server.url + "/health/endtoend", timeout=30).status_code == 200
    shutil.rmtree(pathlib.Path(moving.new[1]["storage_path"]) / "uploads")

    def is_ill():
        return api.session.get(moving.server.url + "/health/endtoend", timeout=30).status_code == 503

    wait_until(is_ill, "the location of new blobs fails its check")
