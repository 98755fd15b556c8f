"""What deploy/ has: files that parse, agree with each other, and are accepted by the programs that read them."""
import json
import os
import pathlib
import re
import subprocess
import sys

import jsonschema
import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
DEPLOY = ROOT / "deploy"
CHART = DEPLOY / "helm/wharf"
sys.path.insert(0, str(ROOT / "tests"))

from harness.process import run  # noqa: E402
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
    for wrong in ({"replicas": 0}, {"config": {}}, {"readinessPath": "/"}, {"unknown": 1},
                  {"config": {**values["config"], "SECRET_KEY": SECRET}}, {"secret": {"WHARF_SECRET_KEY": "short"}}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**values, **wrong}, schema)
    file = tmp_path / "config.yaml"
    file.write_text(yaml.safe_dump(values["config"]))
    env = {name: SECRET for name in values["secret"]}
    in_force(file, {**env, "WHARF_DB_URI": "postgresql://wharf:secret@postgres/wharf"})


def test_shell_scripts_parse():
    for script in DEPLOY.rglob("*.sh"):
        run(["bash", "-n", script])
        assert os.access(script, os.X_OK), script
