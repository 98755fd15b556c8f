"""`wharf migrate-db`: a registry on SQLite goes on, whole, on PostgreSQL."""
import json

import pytest

from harness.process import run
from harness.registry import Registry
from harness.server import Wharf


@pytest.fixture()
def filled(request, tmp_path):
    """A stopped server on SQLite with people, images, a robot and a log; and what the API said of them."""
    server = Wharf(request.config.getoption("--wharf"), tmp_path / "data").start()
    admin = server.initialize()
    api = server.api(admin)
    api.post("/organization/", json={"name": "acme", "email": "acme@example.com"}, status=201)
    robot = api.put("/organization/acme/robots/ci", json={"description": 'says "hi" \\ {1,2}'}, status=201).json()
    api.put("/organization/acme/team/devs", json={"role": "member", "description": "développeurs"}, status=201)
    registry = Registry(server.url, admin.name, admin.password)
    for number in range(30):
        registry.push_image("acme/app", f"v{number}", str(number).encode())
    api.delete("/repository/acme/app/tag/v7", status=204)
    yield server, robot
    server.kill()


READ = ("/organization/acme", "/organization/acme/robots?token=true&permissions=true",
        "/organization/acme/team/devs/members", "/repository/acme/app/tag/?limit=100", "/repository?namespace=acme",
        "/organization/acme/logs", "/user/authorizations", "/find/repositories?query=app")
OF_THE_MOMENT = {"next_page", "start_time", "end_time"}


def read_all(server):
    answers = {path: server.api(server.admin).get(path, status=200).json() for path in READ}
    return {path: {key: value for key, value in answer.items() if key not in OF_THE_MOMENT}
            for path, answer in answers.items()}


def test_everything_is_there_after_the_move(filled, postgres):
    server, robot = filled
    before = read_all(server)
    server.stop()
    uri = postgres.new_database()
    moved = json.loads(server.cli("migrate-db", "--to", uri, "--json").stdout)
    rows = {table["name"]: table["rows"] for table in moved["tables"]}
    assert rows["tag"] >= 30 and rows["repository"] == 1 and rows["account"] == 3

    (server.data / "wharf.db").rename(server.data / "wharf.db.moved")
    (server.data / "config.yaml").write_text(json.dumps({"DB_URI": uri}))
    server.start()
    assert read_all(server) == before
    as_robot = Registry(server.url, robot["name"], robot["token"])
    assert as_robot.token()
    registry = Registry(server.url, server.admin.name, server.admin.password)
    manifest = registry.manifest("acme/app", "v3").json()
    assert registry.get(f"/v2/acme/app/blobs/{manifest['layers'][0]['digest']}", status=200).content
    # What comes next gets ids of its own, and triggers and foreign keys are at work.
    registry.push_image("acme/app", "after", b"after")
    assert server.api(server.admin).get("/repository/acme/app", status=200).json()["tags"]["after"]
    server.stop()


def test_a_move_is_refused_beside_a_running_server_and_into_a_database_in_use(filled, postgres):
    server, _ = filled
    uri = postgres.new_database()
    refused = server.cli("migrate-db", "--to", uri, check=False)
    assert refused.returncode == 1 and "in use" in refused.stderr
    server.stop()
    assert server.cli("migrate-db", "--to", uri).returncode == 0
    again = server.cli("migrate-db", "--to", uri, check=False)
    assert again.returncode == 1 and "has accounts" in again.stderr
    assert server.cli("migrate-db", "--to", "sqlite:////tmp/x.db", check=False).returncode == 1


def test_the_address_may_come_from_the_environment(filled, postgres):
    server, _ = filled
    server.stop()
    done = run([server.binary, "migrate-db", "--data", server.data],
               env={**server.env, "WHARF_MIGRATE_TO": postgres.new_database()})
    assert "Moved" in done.stdout
