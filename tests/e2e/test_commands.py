"""The binary's commands: beside a running server and on a stopped data folder."""
import json

import pytest
import requests

from harness.process import run
from harness.registry import Registry
from harness.server import PASSWORD


def test_a_user_and_a_token_are_made_beside_the_server(wharf):
    account = wharf.user("made-beside")
    assert wharf.api(account).get("/user/", status=200).json()["username"] == "made-beside"
    assert Registry(wharf.url, account.name, account.password).token()


def test_a_user_is_made_on_a_stopped_data_folder(new_server):
    server = new_server("stopped")
    account = server.user("first", superuser=True)
    server.start()
    assert server.api(account).get("/user/", status=200).json()["username"] == "first"
    # There is a user, so the door for the first one is shut.
    late = requests.post(server.url + "/api/v1/user/initialize", timeout=30, json={
        "username": "late", "password": PASSWORD, "email": "late@example.com"})
    assert late.status_code in (400, 403)
    server.stop()


def test_json_is_for_machines(wharf):
    made = wharf.cli("user", "create", "by-json", "--password-stdin", "--email", "by-json@example.com", "--json",
                     input=PASSWORD + "\n")
    assert json.loads(made.stdout)["username"] == "by-json"
    token = json.loads(wharf.cli("token", "create", "--user", "by-json", "--json").stdout)["token"]
    api = wharf.api()
    api.session.headers["Authorization"] = f"Bearer {token}"
    api.get("/user/", status=200)


@pytest.mark.parametrize(("arguments", "input"), [
    (("user", "create", "Bad Name", "--password-stdin"), PASSWORD),
    (("user", "create", "admin", "--password-stdin"), PASSWORD),
    (("user", "create", "short", "--password-stdin"), "x"),
    (("token", "create", "--user", "nobody-of-that-name"), None),
    (("token", "create", "--user", "admin", "--scope", "no:such"), None)])
def test_a_command_that_cannot_be_done_fails_with_a_reason(wharf, arguments, input):
    done = wharf.cli(*arguments, input=input, check=False)
    assert done.returncode != 0 and done.stderr.strip() and not done.stdout.strip()


def test_help_and_version_need_no_data(wharf):
    assert "serve" in run([wharf.binary, "--help"]).stdout
    assert run([wharf.binary, "--version"]).stdout.strip()
    assert run([wharf.binary, "nosuchcommand"], check=False).returncode != 0


def test_the_server_says_where_it_is_and_what_comes_first(new_server):
    server = new_server("says").start()
    said = server.log_tail()
    assert server.host in said
    server.stop()
