"""Scanning, from outside: a real Debian with a feed that the test writes, VEX statements, and `wharf scan`."""
import functools
import http.server
import json
import os
import pty
import shutil
import subprocess
import tarfile
import threading
import time

import pytest

from harness import images
from harness.clients import Skopeo
from harness.hooks import HookSink
from harness.registry import OCI_CONFIG, OCI_MANIFEST, Registry, descriptor

DEBIAN = {"etc/os-release": b'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
          "var/lib/dpkg/status": b"Package: libssl3\nStatus: install ok installed\nArchitecture: amd64\n"
                                 b"Source: openssl\nVersion: 3.0.8-1\n\n"}


def feed(folder, urgencies={}, **fixed):
    """Debian's tracker as it is published, with one issue for each source package. A value is the version that mends
    it, None for none. Returns the file."""
    content = {}
    for number, (source, version) in enumerate(sorted(fixed.items()), start=1):
        release = {"repositories": {"bookworm": "1"}, "urgency": urgencies.get(source, "medium")}
        release |= {"status": "resolved", "fixed_version": version} if version else {"status": "open"}
        content[source] = {f"CVE-2099-{1000 + number}": {"description": f"An issue of {source}.",
                                                        "releases": {"bookworm": release}}}
    folder.mkdir(exist_ok=True)
    path = folder / "tracker.json"
    path.write_text(json.dumps(content))
    return path


def update(server, path):
    return server.cli("vulndb", "update", "--from", path, "--json")


def security(server, repository, digest):
    return server.api(server.admin).get(f"/repository/{repository}/manifest/{digest}/security", status=200).json()


def wait_for(server, repository, digest, fits, seconds=180):
    """The security answer as soon as it `fits`."""
    deadline = time.monotonic() + seconds
    while True:
        answer = security(server, repository, digest)
        if answer["status"] == "scanned" and fits(answer):
            return answer
        assert time.monotonic() < deadline, f"not within {seconds} s: {json.dumps(answer)[:500]}"
        time.sleep(0.2)


def found(answer):
    """Feature name -> the names of its vulnerabilities, of those that have some."""
    features = answer["data"]["Layer"]["Features"]
    return {one["Name"]: {v["Name"] for v in one["Vulnerabilities"]} for one in features if one["Vulnerabilities"]}


@pytest.fixture(scope="module")
def server(new_server):
    server = new_server("scan").start()
    server.initialize()
    yield server
    server.stop()


def test_a_real_debian_shows_its_findings_and_new_feeds_change_them(server, tmp_path, debian_root):
    update(server, feed(tmp_path / "feeds", dpkg="999:1", zlib=None, bash="0.1"))
    layout, digest = images.debian_image(tmp_path / "in", debian_root)
    Skopeo(tmp_path / "skopeo", server.host, server.admin).copy(
        f"oci:{layout.folder}:latest", f"docker://{server.host}/admin/debian:latest")
    answer = wait_for(server, "admin/debian", digest, lambda _: True)
    assert found(answer) == {"dpkg": {"CVE-2099-1002"}, "zlib1g": {"CVE-2099-1003"}}
    with tarfile.open(debian_root) as tar:
        status = tar.extractfile("./var/lib/dpkg/status").read().decode()
    installed = {stanza.split("\n", 1)[0].removeprefix("Package: ") for stanza in status.split("\n\n")
                 if "\nStatus: install ok installed" in stanza}
    assert {one["Name"] for one in answer["data"]["Layer"]["Features"]} == installed

    # The other way round, beside the running server.
    update(server, feed(tmp_path / "feeds", dpkg="0.1", zlib="0.1", bash="999:1"))
    answer = wait_for(server, "admin/debian", digest, lambda answer: "bash" in found(answer))
    assert set(found(answer)) == {"bash"}


def test_a_statement_that_is_pushed_takes_a_finding_away(server, tmp_path):
    update(server, feed(tmp_path / "feeds", openssl="3.0.9-1"))
    registry = Registry(server.url, server.admin.name, server.admin.password)
    layer = images.tar_of(DEBIAN)
    config = json.dumps({"architecture": "amd64", "os": "linux", "config": {},
                         "rootfs": {"type": "layers", "diff_ids": []}}).encode()
    for blob in (layer, config, b"{}"):
        registry.push_blob("admin/vex", blob)
    tar = "application/vnd.oci.image.layer.v1.tar"
    image = {"schemaVersion": 2, "mediaType": OCI_MANIFEST, "config": descriptor(config, OCI_CONFIG),
             "layers": [descriptor(layer, tar)]}
    body = json.dumps(image).encode()
    digest, _ = registry.push_manifest("admin/vex", "v1", body)
    wait_for(server, "admin/vex", digest, lambda answer: found(answer) == {"libssl3": {"CVE-2099-1001"}})

    statement = json.dumps({
        "@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.org/vex/1", "author": "us", "version": 1,
        "timestamp": "2026-01-01T00:00:00Z",
        "statements": [{"vulnerability": {"name": "CVE-2099-1001"}, "products": [{"@id": f"pkg:oci/vex@{digest}"}],
                        "status": "not_affected", "justification": "vulnerable_code_not_in_execute_path"}]}).encode()
    registry.push_blob("admin/vex", statement)
    registry.push_manifest("admin/vex", None, {
        "schemaVersion": 2, "mediaType": OCI_MANIFEST, "artifactType": "application/vnd.openvex+json",
        "config": descriptor(b"{}", "application/vnd.oci.empty.v1+json"),
        "layers": [descriptor(statement, "application/vnd.openvex+json")],
        "subject": descriptor(body, OCI_MANIFEST)})
    wait_for(server, "admin/vex", digest, lambda answer: not found(answer))


@pytest.mark.parametrize("settings, first", [
    ({}, {"CVE-2099-1001"}),
    ({"FEATURE_SECURITY_SCANNER_NOTIFY_ON_NEW_INDEX": False}, set()),
    ({"NOTIFICATION_MIN_SEVERITY_ON_NEW_INDEX": "Low"}, {"CVE-2099-1001", "CVE-2099-1002"}),
])
def test_a_first_report_is_told_of_as_configured(new_server, tmp_path, settings, first):
    server = new_server("tells", settings={"SSRF_ALLOWED_HOSTS": ["127.0.0.1"]} | settings)
    update(server, feed(tmp_path / "feeds", {"zlib": "unimportant"}, openssl="999:1", zlib="999:1"))
    server.start().initialize()
    registry = Registry(server.url, server.admin.name, server.admin.password)
    api = server.api(server.admin)
    api.post("/repository", status=201, json={
        "repository": "told", "namespace": "admin", "visibility": "private", "description": ""})
    status = DEBIAN["var/lib/dpkg/status"]
    layer = images.tar_of(DEBIAN | {"var/lib/dpkg/status": status + status.replace(b"libssl3", b"zlib1g").replace(
        b"Source: openssl", b"Source: zlib")})
    config = json.dumps({"architecture": "amd64", "os": "linux", "config": {},
                         "rootfs": {"type": "layers", "diff_ids": []}}).encode()
    with HookSink() as sink:
        api.post("/repository/admin/told/notification/", status=201, json={
            "event": "vulnerability_found", "method": "webhook", "config": {"url": sink.url("/hook")},
            "eventConfig": {}})
        for blob in (layer, config):
            registry.push_blob("admin/told", blob)
        digest, _ = registry.push_manifest("admin/told", "v1", {
            "schemaVersion": 2, "mediaType": OCI_MANIFEST, "config": descriptor(config, OCI_CONFIG),
            "layers": [descriptor(layer, "application/vnd.oci.image.layer.v1.tar")]})
        wait_for(server, "admin/told", digest, lambda answer: len(found(answer)) == 2)

        def told():
            return {one.json()["vulnerability"]["id"] for one in sink.requests("/hook")}

        # What a feed says later is always told, and comes after all that the first report had.
        update(server, feed(tmp_path / "feeds", {"zlib": "low"}, aaa="1", bbb="1", openssl="999:1", zlib="999:1"))
        deadline = time.monotonic() + 180
        while not told() >= first | {"CVE-2099-1003", "CVE-2099-1004"}:
            assert time.monotonic() < deadline, told()
            time.sleep(0.1)
        assert told() == first | {"CVE-2099-1003", "CVE-2099-1004"}


def test_superusers_see_the_queue_and_the_feeds(server, tmp_path):
    update(server, feed(tmp_path / "feeds", openssl="3.0.9-1"))
    state = server.api(server.admin).get("/superuser/scanner", status=200).json()
    tracker = next(one for one in state["feeds"] if one["name"] == "debian-tracker")
    assert tracker["entries"] == 1 and tracker["age_seconds"] < 3600
    assert state["queue"]["failed"] == 0 and state["failures"] == [] and state["sources"] == []
    server.api().get("/superuser/scanner", status=401)
    server.api(server.user("not-a-superuser")).get("/superuser/scanner", status=403)


def test_a_feed_is_fetched_from_a_url(new_server, tmp_path):
    server = new_server("fetches")
    folder = feed(tmp_path / "feeds", openssl="3.0.9-1").parent
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as web:
        threading.Thread(target=web.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{web.server_port}/"
        [said] = json.loads(server.cli("vulndb", "update", "--from", url + "tracker.json", "--json").stdout)["feeds"]
        assert said["feed"] == "debian-tracker"
        missing = server.cli("vulndb", "update", "--from", url + "none.json", check=False)
        assert missing.returncode == 1 and "404" in missing.stderr
        web.shutdown()


# `wharf scan`, on the disk alone.

@pytest.fixture(scope="module")
def disk(new_server, tmp_path_factory):
    """A data folder with a feed, and one image in every form that is read. Returns (server, paths by form)."""
    folder = tmp_path_factory.mktemp("disk")
    server = new_server("disk-scan")
    update(server, feed(folder / "feeds", openssl="3.0.9-1"))
    layout = images.Layout(folder / "layout")
    layout.tag(layout.image([layout.layer(DEBIAN)]), "latest")
    root = folder / "root"
    for name, content in DEBIAN.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    (folder / "root.tar").write_bytes(images.tar_of(DEBIAN))
    docker = {"manifest.json": json.dumps([{"Config": "c.json", "RepoTags": ["a:1"], "Layers": ["l/layer.tar"]}]).encode(),
              "c.json": json.dumps({"architecture": "amd64", "os": "linux"}).encode(),
              "l/layer.tar": images.tar_of(DEBIAN)}
    (folder / "docker.tar").write_bytes(images.tar_of(docker))
    shutil.make_archive(str(folder / "oci"), "tar", folder / "layout")
    return server, {"layout": folder / "layout", "oci archive": folder / "oci.tar", "root": root,
                    "tar": folder / "root.tar", "docker archive": folder / "docker.tar"}


@pytest.mark.parametrize("form", ["layout", "oci archive", "root", "tar", "docker archive"])
def test_every_form_of_image_is_read(disk, form):
    server, paths = disk
    said = json.loads(server.cli("scan", paths[form], "--format", "json").stdout)
    assert said["distribution"]["id"] == "debian"
    [package] = said["packages"]
    assert (package["name"], package["version"], package["source"]) == ("libssl3", "3.0.8-1", "openssl")
    assert [(v["name"], v["severity"], v["fixed_by"]) for v in package["vulnerabilities"]] == [
        ("CVE-2099-1001", "High", "3.0.9-1")]


def test_a_table_is_for_people_and_sarif_for_others(disk):
    server, paths = disk
    table = server.cli("scan", paths["tar"], "--packages").stdout
    assert "CVE-2099-1001" in table and "libssl3" in table and "3.0.9-1" in table and "1 can be fixed" in table
    sarif = json.loads(server.cli("scan", paths["tar"], "--format", "sarif").stdout)
    [run] = sarif["runs"]
    assert sarif["version"] == "2.1.0" and [one["id"] for one in run["tool"]["driver"]["rules"]] == ["CVE-2099-1001"]
    assert [(one["ruleId"], one["level"]) for one in run["results"]] == [("CVE-2099-1001", "error")]


@pytest.mark.parametrize(("fail_on", "status"), [("low", 3), ("high", 3), ("critical", 0), ("awful", 2)])
def test_the_exit_code_tells_of_the_worst(disk, fail_on, status):
    server, paths = disk
    assert server.cli("scan", paths["tar"], "--fail-on", fail_on, check=False).returncode == status


def test_what_is_no_image_is_an_error(disk, tmp_path):
    server, _ = disk
    (tmp_path / "text").write_text("no image")
    for path in (tmp_path / "text", tmp_path / "nothing"):
        done = server.cli("scan", path, check=False)
        assert done.returncode == 1 and done.stderr.splitlines()[-1].startswith("wharf: ") and not done.stdout


@pytest.mark.parametrize("command", ["scan", "vulndb"])
def test_a_bar_shows_how_far_it_is_on_a_terminal(disk, command):
    server, paths = disk
    arguments = ["scan", paths["tar"]] if command == "scan" else ["vulndb", "update", "--from",
                                                                  paths["tar"].parent / "feeds"]
    ours, theirs = pty.openpty()
    process = subprocess.Popen([server.binary, *map(str, arguments), "--data", str(server.data)], env=server.env,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs)
    os.close(theirs)
    output = process.communicate(timeout=300)[0]
    drawn = os.read(ours, 65536)
    os.close(ours)
    assert process.returncode == 0 and output
    assert b"  [" in drawn and b"%" in drawn and b"\r\x1b[K" in drawn
    quiet = server.cli(*arguments)
    assert "\r" not in quiet.stderr
