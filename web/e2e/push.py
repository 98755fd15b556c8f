#!/usr/bin/python3
"""Makes images and pushes them with skopeo, for the flows: JSON on standard input, digests by target on standard output.

{"host": "127.0.0.1:8080", "username": …, "password": …, "images": [{"target": "acme/app:v1", "kind": …, …}]}
kinds: small (text), platforms, broken (a layer that is no archive), attached (to `subject`,
"repository@digest", by `form`: subject or tag, what is of `type`), debian (packages: {name: version}, labels, text)
"""
import json
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "tests"))

from harness import images  # noqa: E402
from harness.process import run  # noqa: E402
from harness.registry import OCI_EMPTY, OCI_LAYER, OCI_MANIFEST, Registry, descriptor, digest_of  # noqa: E402

OS_RELEASE = b'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n'


def dpkg_status(packages):
    return "".join(f"Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: {version}\n\n"
                   for name, version in packages.items()).encode()


def debian(folder, *, packages, text="", labels=None, name="latest"):
    """An image of two layers: what Debian's dpkg knows of, and a file on top."""
    layout = images.Layout(folder)
    below = layout.layer({"etc/os-release": OS_RELEASE, "var/lib/dpkg/status": dpkg_status(packages)})
    above = layout.layer({"srv/app": text.encode()})
    config = {"Labels": labels or {}, "Env": ["PATH=/usr/bin"], "Cmd": ["/srv/app"], "ExposedPorts": {"8080/tcp": {}}}
    return layout, layout.tag(layout.image([below, above], config=config), name)["digest"]


def broken(folder):
    """An image whose layer is no archive: it is kept, and cannot be looked into."""
    layout = images.Layout(folder)
    layer = layout.blob(b"this is no archive", OCI_LAYER)
    return layout, layout.tag(layout.image([(layer, layer["digest"])]), "latest")["digest"]


def attach(registry, image):
    """What signs or describes another image, as cosign attaches it: a manifest with a subject, or a tag of its digest."""
    repository, digest = image["subject"].split("@")
    found = registry.manifest(repository, digest)
    entry = {"mediaType": found.headers["Content-Type"], "digest": digest, "size": len(found.content)}
    payload, empty = b'{"critical": {}}', b"{}"
    for data in (payload, empty):
        registry.push_blob(repository, data)
    manifest = {"schemaVersion": 2, "mediaType": OCI_MANIFEST, "config": descriptor(empty, OCI_EMPTY),
                "layers": [descriptor(payload, image["type"])]}
    if image["form"] == "tag":
        return registry.push_manifest(repository, digest.replace(":", "-") + ".sig", manifest)[0]
    manifest |= {"artifactType": image["type"], "subject": entry}
    content = json.dumps(manifest).encode()
    return registry.push_manifest(repository, digest_of(content), content, OCI_MANIFEST)[0]


def made(folder, image):
    kind = image["kind"]
    if kind == "broken":
        return broken(folder)[1]
    if kind == "small":
        return images.small(folder, text=image.get("text", "hello"))[1]
    if kind == "platforms":
        return images.multi_platform(folder)[1]
    return debian(folder, packages=image["packages"], text=image.get("text", ""), labels=image.get("labels"))[1]


def main():
    wanted = json.load(sys.stdin)
    digests = {}
    registry = Registry(f"http://{wanted['host']}", wanted["username"], wanted["password"])
    for image in wanted["images"]:
        if image["kind"] == "attached":
            digests[image["target"]] = attach(registry, image)
            continue
        with tempfile.TemporaryDirectory() as folder:
            digests[image["target"]] = made(pathlib.Path(folder) / "layout", image)
            run(["skopeo", "copy", "--quiet", "--all", "--dest-tls-verify=false", "--dest-creds",
                 f"{wanted['username']}:{wanted['password']}", f"oci:{folder}/layout:latest",
                 f"docker://{wanted['host']}/{image['target']}"])
    json.dump(digests, sys.stdout)


if __name__ == "__main__":
    main()
