"""Images to push: OCI layouts written by hand, so that every digest is known beforehand."""
import gzip
import hashlib
import io
import json
import os
import pathlib
import tarfile
import zlib

from .process import run
from .registry import OCI_CONFIG, OCI_INDEX, OCI_LAYER, OCI_MANIFEST, descriptor


def tar_of(files):
    """A tar with `files` (name -> bytes), the same bytes each time."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(data), 0o755 if name.startswith("bin/") else 0o644
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


class Layout:
    """An OCI image layout in `folder`, filled blob by blob."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        (self.folder / "blobs/sha256").mkdir(parents=True)
        (self.folder / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
        self.tagged = []

    def blob(self, data, media_type, **more):
        """Stores `data`; returns its descriptor."""
        entry = descriptor(data, media_type, **more)
        (self.folder / "blobs/sha256" / entry["digest"].split(":")[1]).write_bytes(data)
        return entry

    def json(self, content, media_type, **more):
        return self.blob(json.dumps(content).encode(), media_type, **more)

    def layer(self, files):
        """A gzipped layer with `files`; returns its descriptor and diff id."""
        tar = tar_of(files)
        return self.blob(gzip.compress(tar, 6, mtime=0), OCI_LAYER), "sha256:" + hashlib.sha256(tar).hexdigest()

    def image(self, layers, *, architecture="amd64", config=None, **more):
        """An image of `layers` (what layer() returns); returns the manifest's descriptor."""
        content = {"architecture": architecture, "os": "linux", "config": config or {},
                   "rootfs": {"type": "layers", "diff_ids": [diff_id for _, diff_id in layers]},
                   "history": [{"created": "2026-01-01T00:00:00Z", "created_by": f"layer {n}"}
                               for n in range(len(layers))]}
        manifest = {"schemaVersion": 2, "mediaType": OCI_MANIFEST, "config": self.json(content, OCI_CONFIG),
                    "layers": [entry for entry, _ in layers], **more}
        return self.json(manifest, OCI_MANIFEST)

    def tag(self, entry, name):
        self.tagged.append({**entry, "annotations": {"org.opencontainers.image.ref.name": name}})
        (self.folder / "index.json").write_text(
            json.dumps({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": self.tagged}))
        return entry


def small(folder, name="latest", text="hello"):
    """One image with one small layer. Returns (layout, digest)."""
    layout = Layout(folder)
    entry = layout.image([layout.layer({"etc/hello": text.encode()})])
    return layout, layout.tag(entry, name)["digest"]


def many_layers(folder, count=100, name="latest"):
    """One image of `count` layers, each a file of its own."""
    layout = Layout(folder)
    layers = [layout.layer({f"layer/{n:03}": f"this is layer {n}\n".encode() * 50}) for n in range(count)]
    return layout, layout.tag(layout.image(layers), name)["digest"]


PLATFORMS = ("amd64", "arm64", "s390x")


def multi_platform(folder, name="latest"):
    """An index of three images that share a layer. Returns (layout, digest of the index, digests by platform)."""
    layout = Layout(folder)
    shared = layout.layer({"etc/shared": b"the same everywhere"})
    children = []
    for architecture in PLATFORMS:
        own = layout.layer({"bin/program": f"program for {architecture}".encode()})
        entry = layout.image([shared, own], architecture=architecture)
        children.append({**entry, "platform": {"architecture": architecture, "os": "linux"}})
    index = layout.json({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": children}, OCI_INDEX)
    layout.tag(index, name)
    return layout, index["digest"], {c["platform"]["architecture"]: c["digest"] for c in children}


class _Tee:
    """Writes to a file and hashes on the way."""

    def __init__(self, path):
        self.file, self.hash, self.size = open(path, "wb"), hashlib.sha256(), 0

    def write(self, data):
        self.file.write(data)
        self.hash.update(data)
        self.size += len(data)


def big_layer(folder, size_bytes, name="latest"):
    """One image whose one layer is a stored (not deflated) gzip of a tar with `size_bytes` of noise, streamed to disk.

    Returns (layout, digest, the layer's digest).
    """
    layout = Layout(folder)
    path = layout.folder / "blobs/sha256/unfinished"
    out, plain = _Tee(path), hashlib.sha256()
    squeeze = zlib.compressobj(0, zlib.DEFLATED, 31)

    def put(data):
        plain.update(data)
        out.write(squeeze.compress(data))

    info = tarfile.TarInfo("noise")
    info.size = size_bytes
    put(info.tobuf(tarfile.USTAR_FORMAT))
    noise, written = bytearray(os.urandom(1 << 20)), 0
    while written < size_bytes:
        noise[:8] = written.to_bytes(8, "big")  # no two pieces alike
        piece = bytes(noise[: min(len(noise), size_bytes - written)])
        put(piece)
        written += len(piece)
    put(b"\0" * (-size_bytes % 512) + b"\0" * 1024)
    out.write(squeeze.flush())
    out.file.close()
    digest = "sha256:" + out.hash.hexdigest()
    path.rename(path.with_name(out.hash.hexdigest()))
    entry = {"mediaType": OCI_LAYER, "digest": digest, "size": out.size}
    image = layout.tag(layout.image([(entry, "sha256:" + plain.hexdigest())]), name)
    return layout, image["digest"], digest


def debian_root(cache):
    """The tar of a minimal Debian root, made by mmdebstrap the first time and kept in `cache`."""
    path = pathlib.Path(cache) / "debian-root.tar"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f"debian-root.{os.getpid()}.tar")
        run(["mmdebstrap", "--variant=essential", "--quiet", "bookworm", unfinished], timeout=900)
        unfinished.rename(path)
    return path


def debian_image(folder, root_tar, name="latest"):
    """A real Debian image made of `root_tar`. Returns (layout, digest)."""
    layout = Layout(folder)
    plain = root_tar.read_bytes()
    layer = (layout.blob(gzip.compress(plain, 1, mtime=0), OCI_LAYER), "sha256:" + hashlib.sha256(plain).hexdigest())
    entry = layout.image([layer], config={"Cmd": ["/bin/sh"], "Env": ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"]})
    return layout, layout.tag(entry, name)["digest"]
