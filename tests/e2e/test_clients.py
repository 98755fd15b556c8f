"""Real clients against a real server: what they push, others pull with the same digests."""
import json
import pathlib
import shutil
import tempfile
import time

import pytest

from harness import images
from harness.clients import Buildah, Containerd, Docker, Podman, Skopeo
from harness.process import run


@pytest.fixture
def skopeo(wharf, user, tmp_path):
    return Skopeo(tmp_path / "skopeo", wharf.host, user)


@pytest.fixture
def image(wharf, repository):
    """The image's name without a transport: HOST/NAMESPACE/app:latest."""
    return f"{wharf.host}/{repository}:latest"


@pytest.fixture
def short():
    """A folder with a short name: podman's and the daemons' sockets have little room for one."""
    folder = tempfile.mkdtemp(prefix="wc-", dir="/tmp")
    yield pathlib.Path(folder)
    run(["chmod", "-R", "u+rwX", folder], check=False)  # layers may hold folders that nobody may write to
    shutil.rmtree(folder, ignore_errors=True)


def refused(done):
    """Whether a client ended because the registry did not let it."""
    return done.returncode != 0 and ("unauthorized" in done.stderr.lower() or "denied" in done.stderr.lower())


def pushed(skopeo, image, folder):
    """Pushes a small image; returns its digest."""
    layout, digest = images.small(folder)
    skopeo.copy(f"oci:{layout.folder}:latest", f"docker://{image}")
    return digest


def layers(skopeo, image):
    return [layer["digest"] for layer in skopeo.raw(image)["layers"]]


# skopeo

def test_skopeo_pushes_and_pulls_an_oci_layout(skopeo, image, tmp_path):
    digest = pushed(skopeo, image, tmp_path / "in")
    assert skopeo.digest(f"docker://{image}") == digest
    skopeo.copy(f"docker://{image}", f"oci:{tmp_path}/out:latest")
    index = json.loads((tmp_path / "out/index.json").read_text())
    assert [entry["digest"] for entry in index["manifests"]] == [digest]


def test_skopeo_copies_through_a_folder(skopeo, image, tmp_path):
    digest = pushed(skopeo, image, tmp_path / "in")
    skopeo.copy(f"docker://{image}", f"dir:{tmp_path}/dir")
    skopeo.copy(f"dir:{tmp_path}/dir", f"docker://{image}-copy", "--preserve-digests")
    assert skopeo.digest(f"docker://{image}-copy") == digest


def test_skopeo_copies_through_a_docker_archive(skopeo, image, tmp_path):
    pushed(skopeo, image, tmp_path / "in")
    archive = f"docker-archive:{tmp_path}/image.tar"
    skopeo.copy(f"docker://{image}", f"{archive}:{image}")
    skopeo.copy(archive, f"docker://{image}-archive")
    # The archive keeps the config; layers are compressed anew.
    first, second = (skopeo("inspect", "--config", "--tls-verify=false", f"docker://{name}").stdout
                     for name in (image, f"{image}-archive"))
    assert json.loads(first)["rootfs"] == json.loads(second)["rootfs"]
    assert skopeo.raw(f"docker://{image}-archive")["mediaType"].startswith("application/vnd.docker.")


def test_skopeo_lists_tags(skopeo, wharf, repository, tmp_path):
    layout, _ = images.small(tmp_path / "in")
    for tag in ("b", "a", "c"):
        skopeo.copy(f"oci:{layout.folder}:latest", f"docker://{wharf.host}/{repository}:{tag}")
    listed = json.loads(skopeo("list-tags", "--tls-verify=false", f"docker://{wharf.host}/{repository}").stdout)
    assert listed["Tags"] == ["a", "b", "c"]


def test_skopeo_deletes(skopeo, image, tmp_path):
    pushed(skopeo, image, tmp_path / "in")
    skopeo("delete", "--tls-verify=false", f"docker://{image}")
    gone = skopeo("inspect", "--tls-verify=false", f"docker://{image}", check=False)
    assert gone.returncode != 0 and "was deleted or has expired" in gone.stderr, gone.stderr


def test_skopeo_copies_a_multi_platform_index_with_every_digest(skopeo, image, tmp_path):
    layout, digest, children = images.multi_platform(tmp_path / "in")
    skopeo.copy(f"oci:{layout.folder}:latest", f"docker://{image}", "--all")
    index = skopeo.raw(f"docker://{image}")
    assert {entry["platform"]["architecture"]: entry["digest"] for entry in index["manifests"]} == children
    skopeo.copy(f"docker://{image}", f"oci:{tmp_path}/out:latest", "--all")
    assert json.loads((tmp_path / "out/index.json").read_text())["manifests"][0]["digest"] == digest
    assert {p.name for p in (tmp_path / "out/blobs/sha256").iterdir()} == \
        {p.name for p in (layout.folder / "blobs/sha256").iterdir()}


def test_skopeo_pushes_a_hundred_layers(skopeo, image, tmp_path):
    layout, digest = images.many_layers(tmp_path / "in", 100)
    skopeo.copy(f"oci:{layout.folder}:latest", f"docker://{image}")
    assert skopeo.digest(f"docker://{image}") == digest
    skopeo.copy(f"docker://{image}", f"dir:{tmp_path}/out")
    assert len(layers(skopeo, f"docker://{image}")) == 100


def test_skopeo_pushes_a_real_debian(skopeo, image, tmp_path, debian_root):
    layout, digest = images.debian_image(tmp_path / "in", debian_root)
    skopeo.copy(f"oci:{layout.folder}:latest", f"docker://{image}")
    skopeo.copy(f"docker://{image}", f"oci:{tmp_path}/out:latest")
    assert json.loads((tmp_path / "out/index.json").read_text())["manifests"][0]["digest"] == digest


def test_skopeo_pushes_a_layer_of_one_gibibyte(skopeo, image, tmp_path):
    layout, digest, layer = images.big_layer(tmp_path / "in", 1 << 30)
    skopeo.copy(f"oci:{layout.folder}:latest", f"docker://{image}")
    assert skopeo.digest(f"docker://{image}") == digest
    skopeo.copy(f"docker://{image}", f"dir:{tmp_path}/out")  # skopeo holds every blob against its digest
    assert (tmp_path / "out" / layer.split(":")[1]).stat().st_size > 1 << 30


def test_skopeo_syncs_all_tags_of_a_repository(skopeo, wharf, repository, tmp_path):
    layout, digest = images.small(tmp_path / "in")
    for tag in ("one", "two"):
        skopeo.copy(f"oci:{layout.folder}:latest", f"docker://{wharf.host}/{repository}:{tag}")
    skopeo("sync", "--src-tls-verify=false", "--src", "docker", "--dest", "dir", f"{wharf.host}/{repository}",
           tmp_path / "out")
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["app:one", "app:two"]


# podman and buildah

def test_podman_logs_in_pushes_pulls_and_logs_out(wharf, user, skopeo, image, tmp_path, short):
    digest = pushed(skopeo, image, tmp_path / "in")
    podman = Podman(short, wharf.host)
    assert refused(podman("pull", "-q", image, check=False))
    wrong = podman("login", "-u", user.name, "--password-stdin", wharf.host, input="wrong", check=False)
    assert wrong.returncode != 0 and "invalid username/password" in wrong.stderr.lower(), wrong.stderr
    # A wrong password makes the next attempt wait a moment; a person needs longer than that to type it.
    for _ in range(100):
        login = podman("login", "-u", user.name, "--password-stdin", wharf.host, input=user.password, check=False)
        if login.returncode == 0 or "too many requests" not in login.stderr:
            break
        time.sleep(0.2)
    assert login.returncode == 0, login.stderr
    podman("pull", "-q", image)
    assert podman("image", "inspect", "--format", "{{.Digest}}", image).stdout.strip() == digest
    podman("tag", image, f"{image}-2")
    podman("push", "-q", "--format", "oci", f"{image}-2")
    assert skopeo("inspect", "--config", "--tls-verify=false", f"docker://{image}").stdout == \
        skopeo("inspect", "--config", "--tls-verify=false", f"docker://{image}-2").stdout
    podman("logout", wharf.host)
    podman("rmi", "-f", image, f"{image}-2")
    assert refused(podman("pull", "-q", image, check=False))


def test_buildah_builds_on_a_pushed_image(wharf, user, skopeo, image, tmp_path, short):
    digest = pushed(skopeo, image, tmp_path / "in")
    buildah = Buildah(short, wharf.host, user)
    context = tmp_path / "context"
    context.mkdir()
    (context / "Containerfile").write_text(f"FROM {image}\nCOPY added /added\nLABEL built=yes\n")
    (context / "added").write_text("by the build")
    buildah("build", "-q", "--tls-verify=false", "--isolation", "chroot", "--format", "oci", "-t",
            f"{image}-built", context)
    buildah("push", "-q", "--tls-verify=false", f"{image}-built")
    base, built = layers(skopeo, f"docker://{image}"), layers(skopeo, f"docker://{image}-built")
    assert len(built) == 2
    diff_ids = [json.loads(skopeo("inspect", "--config", "--tls-verify=false", f"docker://{name}").stdout)
                ["rootfs"]["diff_ids"] for name in (image, f"{image}-built")]
    assert diff_ids[1][0] == diff_ids[0][0] and len(base) == 1
    assert skopeo.digest(f"docker://{image}") == digest


def test_buildah_commits_from_scratch(wharf, user, skopeo, image, tmp_path, short):
    buildah = Buildah(short, wharf.host, user)
    (tmp_path / "file").write_text("content")
    container = buildah("from", "scratch").stdout.strip()
    buildah("add", "-q", container, tmp_path / "file", "/file")
    buildah("config", "--entrypoint", '["/file"]', "--label", "made=by hand", container)
    buildah("commit", "-q", "--tls-verify=false", container, f"docker://{image}")
    inspected = json.loads(skopeo("inspect", "--tls-verify=false", f"docker://{image}").stdout)
    assert inspected["Labels"]["made"] == "by hand" and len(inspected["Layers"]) == 1


# Daemons

def test_containerd_pulls_and_pushes(can_run_daemons, wharf, user, skopeo, image, tmp_path, short):
    layout, digest, _ = images.multi_platform(tmp_path / "in")
    skopeo.copy(f"oci:{layout.folder}:latest", f"docker://{image}", "--all")
    ctr = Containerd(short)
    try:
        login = ("--user", f"{user.name}:{user.password}", "--plain-http")
        ctr("content", "fetch", "--all-platforms", *login, image)
        assert digest in ctr("images", "list").stdout
        ctr("images", "tag", image, f"{image}-ctr")
        ctr("images", "push", *login, f"{image}-ctr")
        assert skopeo.digest(f"docker://{image}-ctr") == digest
        ctr("images", "rm", image, f"{image}-ctr")
        ctr("images", "pull", "--platform", "linux/arm64", *login, image)
    finally:
        ctr.stop()


def test_docker_logs_in_pulls_and_pushes(can_run_daemons, wharf, user, skopeo, image, tmp_path, short):
    digest = pushed(skopeo, image, tmp_path / "in")
    docker = Docker(short, wharf.host)
    try:
        assert refused(docker("pull", "-q", image, check=False))
        docker("login", "-u", user.name, "--password-stdin", wharf.host, input=user.password)
        docker("pull", "-q", image)
        assert digest in docker("image", "inspect", "--format", "{{.RepoDigests}}", image).stdout
        docker("tag", image, f"{image}-docker")
        docker("push", "-q", f"{image}-docker")
        diff_ids = [json.loads(skopeo("inspect", "--config", "--tls-verify=false", f"docker://{name}").stdout)
                    ["rootfs"]["diff_ids"] for name in (image, f"{image}-docker")]
        assert diff_ids[0] == diff_ids[1]
    finally:
        docker.stop()
