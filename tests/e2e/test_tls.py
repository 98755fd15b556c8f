"""HTTPS: with the server's own certificate, and with the operator's files beside config.yaml."""
import subprocess

import pytest
import requests

from harness.clients import Skopeo
from harness.process import run


@pytest.fixture
def image(tmp_path):
    """A small OCI layout on disk."""
    files = tmp_path / "files"
    files.mkdir()
    (files / "hello").write_text("hello over TLS\n")
    run(["tar", "-C", files, "-cf", tmp_path / "layer.tar", "."])
    layout = tmp_path / "layout"
    run(["skopeo", "--insecure-policy", "copy", f"tarball:{tmp_path / 'layer.tar'}", f"oci:{layout}:latest"])
    return f"oci:{layout}:latest"


def push_and_read_back(server, skopeo, image):
    """Checks the certificate on both ways."""
    name = f"docker://{server.host}/{server.admin.name}/secure:1"
    skopeo("copy", "-q", "--dest-tls-verify=true", image, name)
    return skopeo("inspect", "--tls-verify=true", "--format", "{{.Digest}}", name).stdout.strip()


def trusting(tmp_path, server, certificate):
    """skopeo with the server's certificate as the only one it takes."""
    skopeo = Skopeo(tmp_path / "skopeo", server.host, server.admin)
    trusted = tmp_path / "skopeo/.config/containers/certs.d" / server.host
    trusted.mkdir(parents=True)
    (trusted / "ca.crt").write_bytes(certificate.read_bytes())
    (tmp_path / "skopeo/registries.conf").write_text("unqualified-search-registries = []\n")
    return skopeo


def test_a_push_over_the_servers_own_certificate(new_server, tmp_path, image):
    server = new_server("self-signed", settings={"TLS_SELF_SIGNED": True}).start()
    assert server.url.startswith("https://")
    certificate = server.data / "keys/tls.crt"
    server.initialize()
    assert push_and_read_back(server, trusting(tmp_path, server, certificate), image).startswith("sha256:")
    curl = ["curl", "-sS", "-o", tmp_path / "answer", "-w", "%{http_code}"]
    assert run([*curl, "-k", server.url + "/health/instance"]).stdout == "200"
    assert run([*curl, "--cacert", certificate, server.url + "/health/instance"]).stdout == "200"
    assert run([*curl, server.url + "/health/instance"], check=False).returncode == 60  # nobody else trusts it
    assert "https://" + server.host in requests.get(server.url + "/v2/", timeout=30, verify=certificate).headers[
        "WWW-Authenticate"]

    # The certificate stays the same over a restart, so that those who trust it go on to.
    before = certificate.read_bytes()
    server.stop()
    server.start()
    assert certificate.read_bytes() == before
    server.stop()


def test_a_certificate_and_key_beside_the_configuration(new_server, tmp_path, image):
    server = new_server("operator", settings={"LOG_LEVEL": "info"})
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", server.data / "ssl.key",
         "-out", server.data / "ssl.cert"], check=True, capture_output=True)
    server.certificate = server.data / "ssl.cert"
    server.start()
    server.initialize()
    assert push_and_read_back(server, trusting(tmp_path, server, server.certificate), image).startswith("sha256:")
    server.stop()
