"""Notifications of the real binary: a push by a real client reaches a webhook, also over a power cut."""
import json
import socket
import time

import pytest
import requests

from harness import images
from harness.clients import Skopeo
from harness.hooks import HookSink
from harness.process import wait_until
from harness.smtp import MailSink

# What listens on loopback may be called; a receiver has a second.
OPEN = {"SSRF_ALLOWED_HOSTS": ["127.0.0.1"], "NOTIFICATION_SEND_TIMEOUT": 1}


@pytest.fixture
def sink():
    with HookSink() as sink:
        yield sink


def started(new_server, name, settings):
    server = new_server(name, settings=settings).start()
    server.initialize()
    api = server.api(server.admin)
    api.post("/repository", status=201, json={
        "repository": "app", "namespace": server.admin.name, "visibility": "private", "description": ""})
    return server, api, f"/repository/{server.admin.name}/app/notification/"


def hooked(api, path, url, method="webhook", config=None):
    made = api.post(path, status=201, json={
        "event": "repo_push", "method": method, "config": config or {"url": url}, "eventConfig": {}})
    return path + made.json()["uuid"]


def push(server, folder, tag):
    layout, digest = images.small(folder)
    skopeo = Skopeo(folder / "client", server.host, server.admin)
    skopeo.copy(f"oci:{layout.folder}:latest", f"docker://{server.host}/{server.admin.name}/app:{tag}")
    return digest


def failures(api, path):
    return api.get(path, status=200).json()["number_of_failures"]


def test_a_push_reaches_a_webhook_once(new_server, sink, tmp_path):
    server, api, path = started(new_server, "hook", OPEN)
    hooked(api, path, sink.url("/hook"))
    push(server, tmp_path, "v1")
    assert sink.wait(path="/hook").json() == {
        "repository": f"{server.admin.name}/app", "namespace": server.admin.name, "name": "app",
        "docker_url": f"{server.host}/{server.admin.name}/app",
        "homepage": f"{server.url}/repository/{server.admin.name}/app", "updated_tags": ["v1"]}
    time.sleep(3)  # three rounds more
    assert len(sink.requests()) == 1
    server.stop()


def test_what_was_pushed_before_a_power_cut_is_told_after_it(new_server, sink, tmp_path):
    server, api, path = started(new_server, "cut", OPEN)
    hooked(api, path, sink.url("/hook"))
    for number in range(3):
        push(server, tmp_path / str(number), f"v{number}")
        server.kill()
        server.start()
    wait_until(lambda: len({request.body for request in sink.requests("/hook")}) == 3, "all three are told")
    tags = [request.json()["updated_tags"][0] for request in sink.requests("/hook")]
    assert sorted(set(tags)) == ["v0", "v1", "v2"]
    server.stop()


def test_a_power_cut_within_a_call_has_it_made_again(new_server, tmp_path):
    server, api, path = started(new_server, "within", OPEN | {"NOTIFICATION_SEND_TIMEOUT": 5})
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(60)
        hook = hooked(api, path, f"http://127.0.0.1:{listener.getsockname()[1]}/")
        push(server, tmp_path, "v1")
        first, _ = listener.accept()  # it calls, and hears nothing
        with first:
            server.kill()
        server.start()
        second, _ = listener.accept()
        with second:
            second.settimeout(30)
            received = b""
            while b'"updated_tags"' not in received:
                piece = second.recv(65536)
                assert piece, received
                received += piece
            second.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
    time.sleep(2)
    assert failures(api, hook) == 0, "a cut is no failure of the receiver's"
    server.stop()


def test_a_receiver_that_fails_is_left_alone_until_it_is_reset(new_server, sink, tmp_path):
    server, api, path = started(new_server, "failing", OPEN)
    sink.answer(500)
    hook = hooked(api, path, sink.url("/hook"))
    for _ in range(3):
        api.post(hook + "/test", status=200, json={})
    wait_until(lambda: failures(api, hook) == 3, "three attempts failed")
    sink.answer(200)
    push(server, tmp_path / "first", "v1")
    time.sleep(3)
    assert len(sink.requests()) == 3
    api.post(hook, status=204, json={})
    push(server, tmp_path / "second", "v2")
    wait_until(lambda: len(sink.requests()) == 4, "it is told again")
    assert sink.requests()[3].json()["updated_tags"] == ["v2"]
    metrics = requests.get(server.url + "/metrics", timeout=30)
    if metrics.status_code == 200:
        assert "wharf_notifications_stopped_total 1" in metrics.text
    server.stop()


def test_without_leave_nothing_on_loopback_is_called(new_server, sink):
    server, api, path = started(new_server, "closed", {"NOTIFICATION_SEND_TIMEOUT": 1})
    answer = requests.post(server.url + "/api/v1" + path, timeout=30, headers={"Authorization": f"Bearer {server.admin.token}"},
                           json={"event": "repo_push", "method": "webhook", "config": {"url": sink.url()},
                                 "eventConfig": {}})
    assert answer.status_code == 400, answer.text
    assert api.get(path, status=200).json()["notifications"] == []
    server.stop()


def test_an_address_that_agreed_is_mailed(new_server):
    with MailSink() as mails:
        server, api, path = started(new_server, "mailed", OPEN | mails.settings | {"SERVER_HOSTNAME": "registry.example.com"})
        # Quay's UI alone asks for this; the document for clients does not have it.
        email = server.url + "/api/v1" + path.replace("/notification/", "/authorizedemail/") + "ada@example.org"
        assert api.session.post(email, timeout=30).status_code == 200
        link = mails.wait(to="ada@example.org").link("/authrepoemail?code=")
        assert link.startswith("http://registry.example.com/")
        link = server.url + link.removeprefix("http://registry.example.com")
        assert requests.get(link, timeout=30).status_code == 200
        assert api.session.get(email, timeout=30).json()["confirmed"] is True
        hook = hooked(api, path, "", method="email", config={"email": "ada@example.org"})
        api.post(hook + "/test", status=200, json={})
        wait_until(lambda: any("updated" in mail.subject for mail in mails.mails()), "the event is mailed")
        server.stop()


def test_a_listener_hears_its_client_and_ends_with_the_server(new_server, tmp_path):
    server, _, _ = started(new_server, "events", OPEN)
    with requests.get(server.url + "/realtime/user/subscribe", params={"events": "docker-cli"}, stream=True, timeout=60,
                      headers={"Authorization": f"Bearer {server.admin.token}"}) as stream:
        assert stream.headers["Content-Type"] == "text/event-stream"
        lines = stream.iter_lines()
        assert next(lines) == b": listening"
        push(server, tmp_path, "v1")
        actions = []
        while "push_repo" not in actions:
            line = next(lines)
            if line.startswith(b"data: "):
                event = json.loads(line.removeprefix(b"data: "))
                actions.append(event["data"].get("action"))
        assert "push_start" in actions
        server.stop()
        assert all(b"docker-cli" not in line for line in lines)
