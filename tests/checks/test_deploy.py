"""What deploy/ has: files that parse, agree with each other, and are accepted by the programs that read them."""
import collections
import http.client
import http.server
import json
import os
import pathlib
import re
import subprocess
import sys
import threading

import jsonschema
import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
DEPLOY = ROOT / "deploy"
CHART = DEPLOY / "helm/wharf"
sys.path.insert(0, str(ROOT / "tests"))

from harness.process import free_port, run  # noqa: E402
from harness.proxy import Proxy  # noqa: E402

SECRET = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def in_force(request, tmp_path):
    """What `wharf config check` says of a file with a given environment; it must be accepted without a warning."""
    def check(file, env):
        env = {**{k: v for k, v in os.environ.items() if not k.startswith(("WHARF_", "AWS_"))}, **env}
        done = subprocess.run([request.config.getoption("--wharf"), "config", "check", "--config", file, "--data",
                               tmp_path], env=env, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "warn" not in done.stderr.lower(), done.stderr
        return done.stdout
    return check


def compose():
    return yaml.safe_load((DEPLOY / "compose/compose.yaml").read_text())


def example():
    """The variables of env.example; empty ones get a secret."""
    lines = (DEPLOY / "compose/env.example").read_text().splitlines()
    pairs = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    return {name: value or SECRET for name, value in pairs.items()}


def filled(text):
    """`text` with ${NAME}, ${NAME:?} and ${NAME:-DEFAULT} as compose replaces them."""
    return re.sub(r"\$\{(\w+)(?::[?-]([^}]*))?\}", lambda m: example().get(m[1], m[2]), text)


def test_haproxy_accepts_its_configuration():
    proxy = Proxy(["127.0.0.1:1"])
    try:
        assert "valid" in (proxy.check().stdout + proxy.check().stderr)
    finally:
        proxy.remove()


def status(host, target, verb="GET"):
    """The status of a request whose target is sent as it is; 0 when there is no answer."""
    connection = http.client.HTTPConnection(host, timeout=60)
    try:
        connection.request(verb, target, headers={"Host": host})
        return connection.getresponse().status
    except (http.client.HTTPException, ConnectionError):
        return 0
    finally:
        connection.close()


def test_haproxy_keeps_metrics_from_clients_however_they_are_written(new_server):
    node = new_server("metrics").start()
    proxy = Proxy([node.host]).start()
    try:
        for target in ("/metrics", "/metrics/", "/metrics//", "/metrics?x=/y", "/%6detrics", "/m%65trics/",
                       "/%6D%65%74%72%69%63%73", "/metrics%2F", "/metrics%2f/"):
            assert status(node.host, target) == 200, f"{target} is not what a node takes for its metrics"
            assert status(proxy.host, target) == status(proxy.host, target, "HEAD") == 403, target
        assert status(proxy.host, f"http://{proxy.host}/metrics") == 403
        for target in ("/v2/metrics/manifests/latest", "/v2/", "/metrics/x"):
            assert status(proxy.host, target) == status(node.host, target) != 403, target
    finally:
        proxy.remove()
        node.stop()


class Mute(http.server.BaseHTTPRequestHandler):
    """A node that is healthy and then has no answer."""

    def do_GET(self):
        if self.path in ("/health/instance", "/_internal_ping"):
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            self.server.asked[self.path] += 1
        self.close_connection = True

    do_PUT = do_GET

    def log_message(self, *_):
        pass


@pytest.fixture
def mute():
    """HOST:PORT of a node that closes every connection without an answer, and how often it was asked for what."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Mute)
    server.asked = collections.Counter()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}", server.asked
    server.shutdown()
    server.server_close()


def test_haproxy_asks_other_nodes_for_pulls_and_for_nothing_else(mute):
    """An answer that does not come may be a slow one: a search that takes long must not be made four times."""
    node, asked = mute
    proxy = Proxy([node]).start()
    try:
        for target in ("/v2/acme/app/manifests/latest", "/api/v1/find/all?query=x"):
            assert status(proxy.host, target) in (0, 502)
        assert status(proxy.host, "/v2/acme/app/manifests/pushed", "PUT") in (0, 502)
    finally:
        proxy.remove()
    assert asked == {"/v2/acme/app/manifests/latest": 4, "/api/v1/find/all?query=x": 1,
                     "/v2/acme/app/manifests/pushed": 1}


def test_haproxy_sends_what_no_node_has_begun_to_the_next_one(new_server):
    node = new_server("next").start()
    proxy = Proxy([f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}", node.host]).start()
    try:
        # At first it takes all three for good.
        for _ in range(3):
            assert status(proxy.host, "/api/v1/discovery") == 200
            assert status(proxy.host, "/v2/acme/app/blobs/uploads/", "POST") == 401
    finally:
        proxy.remove()
        node.stop()


def unit():
    """The settings of the unit: {section: {name: [values]}}."""
    sections, section = {}, None
    for line in (DEPLOY / "systemd/wharf.service").read_text().splitlines():
        if line.startswith("["):
            section = sections.setdefault(line.strip("[]"), collections.defaultdict(list))
        elif line and not line.startswith("#"):
            name, value = line.split("=", 1)
            section[name].append(value)
    return sections


def test_the_unit_comes_back_and_has_time_to_stop(in_force, tmp_path):
    settings = unit()
    # A database that is not there for an hour must not leave the node down for ever.
    assert settings["Unit"]["StartLimitIntervalSec"] == ["0"]
    service = settings["Service"]
    assert service["Restart"] == ["on-failure"] and int(service["RestartSec"][0]) >= 5
    empty = tmp_path / "config.yaml"
    empty.touch()
    told = in_force(empty, {})
    assert int(re.search(r"SHUTDOWN_GRACE_S: (\d+)", told)[1]) < int(service["TimeoutStopSec"][0])


def test_the_unit_has_what_the_readme_makes():
    service = unit()["Service"]
    steps = (DEPLOY / "README.md").read_text()
    user, = service["User"]
    assert service["Group"] == [user] and re.search(rf"useradd .*\b{user}\n", steps)
    config = re.search(r"WHARF_CONFIG=(\S+)", service["Environment"][0])[1]
    assert f" {config}\n" in steps and service["EnvironmentFile"][0].lstrip("-") in steps
    binary, _, data, *_ = (service["ExecStart"][0].replace(" --data ", " ").split())
    assert f" {binary}\n" in steps and f"--data {data}" in steps
    # Only there may the node write.
    assert data == f"/var/lib/{service['StateDirectory'][0]}" and service["ProtectSystem"] == ["strict"]


def test_systemd_accepts_the_unit(tmp_path):
    text = (DEPLOY / "systemd/wharf.service").read_text()
    binary = unit()["Service"]["ExecStart"][0].split()[0]
    (tmp_path / "wharf.service").write_text(text.replace(f"ExecStart={binary}", "ExecStart=/bin/true"))
    done = run(["systemd-analyze", "verify", "--man=no", tmp_path / "wharf.service"])
    assert "wharf.service" not in done.stderr, done.stderr


def test_compose_names_what_there_is():
    services, text = compose()["services"], (DEPLOY / "compose/compose.yaml").read_text()
    assert set(re.findall(r"\$\{(\w+)", text)) == set(example())
    for name, service in services.items():
        assert set(service.get("depends_on", ())) <= set(services), name
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            made_by_hand = source == "./tls.pem"
            assert source in compose()["volumes"] or made_by_hand or (DEPLOY / "compose" / source).exists(), source
        build = service.get("build")
        if isinstance(build, dict):
            assert (DEPLOY / "compose" / build["context"] / build["dockerfile"]).is_file()
        elif build:
            assert (DEPLOY / "compose" / build / "Containerfile").is_file()
    proxy = services["proxy"]["environment"]
    nodes = [value.split(":")[0] for name, value in proxy.items() if name.startswith("NODE")]
    assert sorted(nodes) == sorted(name for name in services if name.startswith("wharf"))
    asked = set(re.findall(r'"\$(\w+)"', (DEPLOY / "haproxy/haproxy.cfg").read_text()))
    assert asked == set(proxy)


def test_the_nodes_of_compose_accept_their_configuration(in_force):
    node = compose()["services"]["wharf1"]["environment"]
    env = {name: filled(value) for name, value in node.items() if name != "WHARF_CONFIG"}
    told = in_force(DEPLOY / "compose/config.yaml", env)
    assert "FEATURE_PROXY_STORAGE: true" in told and SECRET not in told
    # They believe whoever has an address of a container, so nobody else may reach them.
    assert [name for name, service in compose()["services"].items() if "ports" in service] == ["proxy"]


def test_compose_knows_when_a_node_serves(new_server):
    node = new_server("health").start()
    check = compose()["services"]["wharf1"]["healthcheck"]["test"]
    assert check[0] == "CMD"
    command = [word.replace("/8080", f"/{node.port}") for word in check[1:]]
    run(command)
    node.stop()
    assert run(command, check=False).returncode != 0


def test_secrets_of_compose_stay_out_of_the_image():
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert {"deploy/compose/.env", "deploy/compose/*.pem"} <= set(ignored) & set(
        line.lstrip("/") for line in (ROOT / ".gitignore").read_text().split())


def test_the_image_has_the_libraries_of_the_binary(request):
    binary = request.config.getoption("--wharf")
    where = dict(re.findall(r"(\S+) => (/\S+)", run(["ldd", binary]).stdout))
    packages = set()
    for library in re.findall(r"\(NEEDED\).*\[(.*)\]", run(["readelf", "-d", binary]).stdout):
        path = os.path.realpath(where[library])
        for candidate in (path, path.removeprefix("/usr")):  # packages say /lib for what is in /usr/lib
            owners = run(["dpkg-query", "-S", candidate], check=False).stdout
            packages |= set(re.findall(r"^([^:, ]+)[:,]", owners, re.M))
    assert "libpq5" in packages
    installed = set(re.findall(r"[\w.+-]+", (DEPLOY / "container/Containerfile").read_text()))
    assert packages - installed <= {"libc6", "libgcc-s1"}, "the image lacks a package"


def test_the_charts_values_fit_its_schema(in_force, tmp_path):
    schema = json.loads((CHART / "values.schema.json").read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    values = yaml.safe_load((CHART / "values.yaml").read_text())
    jsonschema.validate(values, schema)
    assert set(values) <= set(schema["properties"])
    storage, = values["config"]["DISTRIBUTED_STORAGE_CONFIG"].values()
    for wrong in ({"replicas": 0}, {"config": {}}, {"readinessPath": "/"}, {"unknown": 1},
                  {"secret": {"WHARF_SECRET_KEY": "short"}}, {"secretKeys": ["wharf"]}, {"extraVolumes": [{}]},
                  {"probes": {**values["probes"], "startup": {"periodSeconds": 0}}}, {"networkPolicy": {"from": [{}]}}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**values, **wrong}, schema)
    # Everybody may read a ConfigMap.
    for secret in ({"SECRET_KEY": SECRET}, {"DATABASE_SECRET_KEY": SECRET}, {"DB_URI": "postgresql://u:p@h/d"},
                   {"DB_READ_REPLICAS": [{"DB_URI": "postgresql://u:p@h/d"}]}, {"MAIL_PASSWORD": "x"},
                   *({"DISTRIBUTED_STORAGE_CONFIG": {"default": [driver, {**storage[1], key: "x"}]}}
                     for driver, key in (("S3Storage", "s3_secret_key"), ("S3Storage", "s3_access_key"),
                                         ("RadosGWStorage", "secret_key"), ("RHOCSStorage", "secret_key")))):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**values, "config": {**values["config"], **secret}}, schema)
    file = tmp_path / "config.yaml"
    file.write_text(yaml.safe_dump({"DB_URI": uri_that_leads_nowhere(), **values["config"]}))
    env = {name: SECRET for name in values["secret"]}
    told = in_force(file, {**env, "WHARF_DB_URI": "postgresql://wharf:secret@postgres/wharf"})
    assert "@postgres/wharf" in told
    # An empty variable is none: the node must not take that for SQLite in a folder that is gone with the pod.
    assert uri_that_leads_nowhere() in in_force(file, {**env, "WHARF_DB_URI": ""})


def uri_that_leads_nowhere():
    """What the chart's config.yaml has for DB_URI; the one of the Secret takes its place."""
    helpers = (CHART / "templates/_helpers.tpl").read_text()
    return re.search(r'"DB_URI" "(postgresql://[^"]+\.invalid/[^"]+)"', helpers)[1]


def test_the_charts_nodes_fit_into_postgresql():
    """Of its 100 connections three are the superuser's, and one node more runs while pods are replaced."""
    values = yaml.safe_load((CHART / "values.yaml").read_text())
    assert (max(values["replicas"], values["autoscaling"]["maxReplicas"]) + 1) * 16 <= 97


def test_shell_scripts_parse():
    for script in DEPLOY.rglob("*.sh"):
        run(["bash", "-n", script])
        assert os.access(script, os.X_OK), script
