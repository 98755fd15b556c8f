"""crane, oras, helm and cosign against a real server. tools/go-clients.sh installs them and names their folder in
WHARF_GO_CLIENTS; ./dev test does without."""
import json
import os
import pathlib
import subprocess

import pytest

from harness import images

PROGRAMS = pathlib.Path(os.environ["WHARF_GO_CLIENTS"])


class Clients:
    """The four programs with one home and one login for the registry at `host`."""

    def __init__(self, folder, host, who):
        self.folder, self.host = pathlib.Path(folder), host
        self.folder.mkdir(parents=True, exist_ok=True)
        self.env = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "DOCKER_CONFIG": str(self.folder / "docker"),
                    "COSIGN_PASSWORD": "", "LANG": "C.UTF-8"}
        self("crane", "auth", "login", host, "-u", who.name, "-p", who.password)

    def __call__(self, program, *arguments, check=True, cwd=None):
        done = subprocess.run([PROGRAMS / program, *map(str, arguments)], env=self.env, cwd=cwd or self.folder,
                              capture_output=True, text=True, timeout=300)
        assert not check or done.returncode == 0, f"{program} {arguments}: {done.stdout}{done.stderr}"
        return done


@pytest.fixture
def clients(wharf, user, tmp_path):
    return Clients(tmp_path / "home", wharf.host, user)


@pytest.fixture
def layout(tmp_path):
    layout, digest = images.small(tmp_path / "layout")
    return layout.folder, digest


def test_crane_pushes_copies_tags_lists_and_deletes(clients, wharf, repository, layout):
    name = f"{wharf.host}/{repository}"
    folder, digest = layout
    clients("crane", "push", folder, f"{name}:v1", "--insecure")
    assert clients("crane", "digest", f"{name}:v1").stdout.strip() == digest
    clients("crane", "copy", f"{name}:v1", f"{name}-copy:v1")
    clients("crane", "tag", f"{name}:v1", "v2")
    assert sorted(clients("crane", "ls", name).stdout.split()) == ["v1", "v2"]
    clients("crane", "validate", "--remote", f"{name}:v2")
    config = json.loads(clients("crane", "config", f"{name}:v1").stdout)
    assert config["architecture"] == "amd64"
    clients("crane", "delete", f"{name}@{digest}")
    assert clients("crane", "digest", f"{name}:v1", check=False).returncode != 0
    assert clients("crane", "digest", f"{name}-copy:v1").stdout.strip() == digest


def test_oras_attaches_discovers_and_pulls_artifacts(clients, wharf, repository, layout, tmp_path):
    name = f"{wharf.host}/{repository}"
    folder, digest = layout
    clients("crane", "push", folder, f"{name}:v1", "--insecure")
    (tmp_path / "sbom.json").write_text('{"bomFormat": "CycloneDX"}')
    clients("oras", "attach", "--plain-http", "--artifact-type", "application/vnd.cyclonedx+json", f"{name}:v1",
            "sbom.json:application/json", cwd=tmp_path)
    found = json.loads(clients("oras", "discover", "--plain-http", "--format", "json", f"{name}:v1").stdout)
    referrers = found.get("referrers") or found["manifests"]
    assert [entry["artifactType"] for entry in referrers] == ["application/vnd.cyclonedx+json"]
    clients("oras", "pull", "--plain-http", f"{name}@{referrers[0]['digest']}", "-o", tmp_path / "out")
    assert (tmp_path / "out/sbom.json").read_text() == '{"bomFormat": "CycloneDX"}'
    clients("oras", "push", "--plain-http", f"{name}-files:v1", "sbom.json", cwd=tmp_path)
    assert clients("oras", "repo", "tags", "--plain-http", f"{name}-files").stdout.split() == ["v1"]
    clients("oras", "manifest", "delete", "--plain-http", "--force", f"{name}-files:v1")


def test_helm_pushes_and_pulls_charts(clients, wharf, user, tmp_path):
    clients("helm", "create", "chart", cwd=tmp_path)
    clients("helm", "package", "chart", cwd=tmp_path)
    clients("helm", "registry", "login", wharf.host, "--plain-http", "-u", user.name, "-p", user.password)
    clients("helm", "push", "--plain-http", "chart-0.1.0.tgz", f"oci://{wharf.host}/{user.name}", cwd=tmp_path)
    (tmp_path / "out").mkdir()
    clients("helm", "pull", "--plain-http", f"oci://{wharf.host}/{user.name}/chart", "--version", "0.1.0",
            cwd=tmp_path / "out")
    assert (tmp_path / "out/chart-0.1.0.tgz").read_bytes() == (tmp_path / "chart-0.1.0.tgz").read_bytes()
    shown = clients("helm", "show", "chart", "--plain-http", f"oci://{wharf.host}/{user.name}/chart").stdout
    assert "name: chart" in shown


@pytest.mark.parametrize("form", ["tags", "referrers"])
def test_cosign_signs_and_verifies_an_image(clients, wharf, repository, layout, tmp_path, form):
    name = f"{wharf.host}/{repository}"
    folder, digest = layout
    clients("crane", "push", folder, f"{name}:v1", "--insecure")
    clients("cosign", "generate-key-pair", cwd=tmp_path)
    if form == "referrers":
        clients.env |= {"COSIGN_EXPERIMENTAL": "1"}
    mode = ["--registry-referrers-mode=oci-1-1"] if form == "referrers" else []
    clients("cosign", "sign", "--key", "cosign.key", "--tlog-upload=false", "--allow-insecure-registry", "--yes",
            *mode, f"{name}@{digest}", cwd=tmp_path)
    mode = ["--experimental-oci11"] if form == "referrers" else []
    clients("cosign", "verify", "--key", "cosign.pub", "--insecure-ignore-tlog", "--allow-insecure-registry", *mode,
            f"{name}@{digest}", cwd=tmp_path)
    refused = clients("cosign", "verify", "--key", "cosign.pub", "--insecure-ignore-tlog", *mode,
                      f"{name}-other:v1", cwd=tmp_path, check=False)
    assert refused.returncode != 0
