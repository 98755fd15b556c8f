"""Several servers on one PostgreSQL, also through pgbouncer."""
import concurrent.futures
import shutil
import signal
import subprocess
import tempfile

import pytest
import requests

from harness.hooks import HookSink
from harness.postgres import as_postgres
from harness.process import die_with_parent, free_port, stop, wait_until
from harness.registry import OCI_MANIFEST, Registry, digest_of
from harness.server import Wharf


@pytest.fixture
def nodes(request, tmp_path):
    """Makes servers on a database; not started."""
    made = []

    def make(uri, count, **settings):
        # One address stands before them all.
        settings = {"SERVER_HOSTNAME": "registry.example.com", "SECRET_KEY": "s" * 40, "DATABASE_SECRET_KEY": "d" * 40,
                    "TRUSTED_PROXY_CIDR": ["127.0.0.1/32"],
                    "DISTRIBUTED_STORAGE_CONFIG": {
                        "default": ["LocalStorage", {"storage_path": str(tmp_path / "blobs")}]}, **settings}
        for _ in range(count):
            made.append(Wharf(request.config.getoption("--wharf"), tmp_path / f"node{len(made)}/data",
                              database_uri=uri, settings=settings))
        return made[-count:]

    yield make
    for server in made:
        server.kill()


def test_servers_that_start_at_once_on_an_empty_database_all_come_up(nodes, postgres):
    uri = postgres.new_database()
    servers = nodes(uri, 3)
    with concurrent.futures.ThreadPoolExecutor() as pool:  # the servers die with the thread that started them
        list(pool.map(Wharf.start, servers))
        admin = servers[0].initialize()
        for server in servers[1:]:
            server.api(admin).get("/user/", status=200)


def test_a_node_that_waits_for_the_database_s_schema_stops_when_told(nodes, postgres):
    uri = postgres.new_database()
    first, waiting = nodes(uri, 2)
    first.start().stop()
    # As another node does that is at a long step.
    holder = subprocess.Popen(["psql", uri, "-qAt"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                              preexec_fn=die_with_parent)
    try:
        holder.stdin.write("BEGIN; LOCK TABLE schema_migration; SELECT 'held';\n")
        holder.stdin.flush()
        assert holder.stdout.readline().strip() == "held"
        process = subprocess.Popen([waiting.binary, "serve", "--data", str(waiting.data), "--listen", waiting.host],
                                   stdin=subprocess.DEVNULL, preexec_fn=die_with_parent, env=waiting.env)
        wait_until(lambda: postgres.sql("SELECT count(*) FROM pg_locks WHERE NOT granted") != "0", "the node waits")
        assert stop(process) == 128 + signal.SIGTERM
    finally:
        holder.kill()
        holder.wait()
    waiting.start()


def test_a_node_with_another_database_key_does_not_start(nodes, postgres):
    uri = postgres.new_database()
    one, = nodes(uri, 1)
    one.start()
    other, = nodes(uri, 1, DATABASE_SECRET_KEY="e" * 40)
    with pytest.raises(AssertionError, match="DATABASE_SECRET_KEY"):
        other.start()


def guess(server, name, password, address):
    return requests.get(f"{server.url}/v2/auth", params={"service": "registry.example.com"}, auth=(name, password),
                        headers={"X-Forwarded-For": address}, timeout=60).status_code


def test_guessing_at_many_nodes_gains_nothing(nodes, postgres):
    one, other = nodes(postgres.new_database(), 2)
    admin = one.start().initialize()
    other.start()
    # Four slips under a name that nobody has are free.
    for name, slips in ((admin.name, 0), ("nobody-has-this-name", 4)):
        for server in (one, other, one) + (other, one) * (slips // 2):
            # The wait after a failure grows beyond what one attempt takes here: until then it is refused anywhere.
            while (status := guess(server, name, "wrong-wrong", "198.51.100.1")) == 429:
                pass
            assert status == 401
        statuses = {guess(server, name, "wrong-wrong", "198.51.100.2") for server in (other, one, other)}
        assert statuses <= {401, 429} and 429 in statuses


def test_what_a_dead_node_had_begun_is_done_by_another(nodes, postgres):
    one, other = nodes(postgres.new_database(), 2, SERVER_HOSTNAME="", SSRF_ALLOWED_HOSTS=["127.0.0.1"],
                       NOTIFICATION_SEND_TIMEOUT=3)
    admin = one.start().initialize()
    Registry(one.url, admin.name, admin.password).push_image("admin/app", "v1", b"x")
    with HookSink() as sink:
        api, path = one.api(admin), "/repository/admin/app/notification/"
        made = api.post(path, status=201, json={"event": "repo_push", "method": "webhook", "eventConfig": {},
                                                "config": {"url": sink.url("/hook")}}).json()
        with sink.silent():
            Registry(one.url, admin.name, admin.password).push_image("admin/app", "v2", b"y")
            sink.wait(path="/hook")
            one.kill()
        other.start()
        again = sink.wait(path="/hook", count=2, seconds=120)  # when the dead one's lease has ended
        assert again.json()["updated_tags"] == ["v2"]
        state = other.api(admin).get(path + made["uuid"], status=200).json()
        assert state["number_of_failures"] == 0, "a node that dies is no failure of the receiver's"


@pytest.fixture
def pgbouncer(postgres):
    """pgbouncer in transaction mode before the cluster: a function from the cluster's URIs to its own."""
    folder = tempfile.mkdtemp(prefix="wharf-pgbouncer-", dir="/tmp")
    port = free_port()
    config = folder + "/pgbouncer.ini"
    with open(config, "w") as file:
        file.write(f"[databases]\n* = host=127.0.0.1 port={postgres.port} user=postgres\n[pgbouncer]\n"
                   f"listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n"
                   f"pool_mode = transaction\ndefault_pool_size = 3\nmax_client_conn = 200\n")
    shutil.chown(folder, "postgres", "postgres")
    process = subprocess.Popen([*as_postgres(), shutil.which("pgbouncer", path="/usr/sbin:/usr/bin"), "-q", config],
                               stdin=subprocess.DEVNULL, preexec_fn=die_with_parent)
    try:
        yield lambda uri: uri.replace(f":{postgres.port}/", f":{port}/")
    finally:
        stop(process)
        shutil.rmtree(folder, ignore_errors=True)


def test_a_pooler_in_transaction_mode_is_found_out(nodes, postgres, pgbouncer):
    servers = nodes(pgbouncer(postgres.new_database()), 2, SERVER_HOSTNAME="")
    admin = servers[0].start().initialize()
    servers[1].start()

    def push_and_pull(number):
        registry = Registry(servers[number % 2].url, admin.name, admin.password)
        for round_ in range(5):
            digest, _ = registry.push_image("admin/app", f"t{number}", f"{number} {round_}".encode())
            got = registry.get(f"/admin/app/manifests/t{number}", headers={"Accept": OCI_MANIFEST}, status=200)
            assert digest_of(got.content) == digest
        servers[number % 2].api(admin).get("/repository/admin/app/tag/", status=200)

    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        list(pool.map(push_and_pull, range(6)))
