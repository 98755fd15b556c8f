#!/usr/bin/python3
"""Makes images and pushes them with skopeo, for the flows: JSON on standard input, digests by target on standard output.

{"host": "127.0.0.1:8080", "username": …, "password": …, "images": [{"target": "acme/app:v1", "kind": …, …}]}
kinds: small (text), platforms, debian (packages: {name: version}, labels, text)
"""
import json
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "tests"))

from harness import images  # noqa: E402
from harness.process import run  # noqa: E402

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


def made(folder, image):
    kind = image["kind"]
    if kind == "small":
        return images.small(folder, text=image.get("text", "hello"))[1]
    if kind == "platforms":
        return images.multi_platform(folder)[1]
    return debian(folder, packages=image["packages"], text=image.get("text", ""), labels=image.get("labels"))[1]


def main():
    wanted = json.load(sys.stdin)
    digests = {}
    for image in wanted["images"]:
        with tempfile.TemporaryDirectory() as folder:
            digests[image["target"]] = made(pathlib.Path(folder) / "layout", image)
            run(["skopeo", "copy", "--quiet", "--all", "--dest-tls-verify=false", "--dest-creds",
                 f"{wanted['username']}:{wanted['password']}", f"oci:{folder}/layout:latest",
                 f"docker://{wanted['host']}/{image['target']}"])
    json.dump(digests, sys.stdout)


if __name__ == "__main__":
    main()
