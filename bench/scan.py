"""The scanner: a real layer against the time that decompressing it takes, many images when a feed changes, and feeds.

`over` gives rows (title, unit, value). BENCH_FEEDS names a folder with feeds as they are published; without it the rows
about importing them are left out.
"""
import concurrent.futures
import gzip
import io
import json
import os
import pathlib
import sys
import tarfile
import time
import zlib

import requests

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests"))

from harness.images import debian_root  # noqa: E402
from harness.registry import OCI_CONFIG, OCI_MANIFEST, Registry, descriptor  # noqa: E402
from harness.server import Wharf  # noqa: E402

MIB = 1 << 20
PACKAGES = 200  # of each image, of 2,000 different ones
ROOT = pathlib.Path(__file__).resolve().parent.parent


def layer(number):
    """A layer of Debian 12 with packages of its own choice."""
    status = "".join(f"Package: package-{(number * 7 + n) % 2000}\nStatus: install ok installed\nArchitecture: amd64\n"
                     f"Version: 1.{n}-{number % 5}\n\n" for n in range(PACKAGES))
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, text in (("etc/os-release", 'ID=debian\nVERSION_ID="12"\n'), ("var/lib/dpkg/status", status),
                           ("number", str(number))):
            info = tarfile.TarInfo(name)
            info.size = len(text)
            tar.addfile(info, io.BytesIO(text.encode()))
    return gzip.compress(out.getvalue(), 1)


def tracker(path, fixed):
    """Debian's tracker with one issue of every package."""
    path.write_text(json.dumps({f"package-{n}": {f"CVE-2099-{10000 + n}": {
        "description": "x", "releases": {"bookworm": {"status": "resolved", "fixed_version": fixed, "urgency": "low",
                                                      "repositories": {"bookworm": "1"}}}}} for n in range(2000)}))


def seconds(job):
    began = time.perf_counter()
    job()
    return time.perf_counter() - began


class Scan:
    def __init__(self, folder, binary, images, rounds):
        self.folder = pathlib.Path(folder) / "scan"
        self.wharf = Wharf(binary, self.folder / "data")
        self.images, self.rounds = images, rounds

    def over(self):
        yield from self.layer()
        yield from self.rematch()
        if feeds := os.environ.get("BENCH_FEEDS"):
            yield from self.feeds(pathlib.Path(feeds))
        else:
            print("bench: BENCH_FEEDS names no folder: no import of published feeds", file=sys.stderr)
        self.wharf.stop()

    def layer(self):
        packed = self.folder / "root.tar.gz"
        plain = debian_root(ROOT / "build/test-cache").read_bytes()
        packed.write_bytes(gzip.compress(plain, 6))

        def decompress():
            inflater = zlib.decompressobj(31)
            with open(packed, "rb") as file:
                while piece := file.read(MIB):
                    inflater.decompress(piece)
        read = min(seconds(lambda: self.wharf.cli("scan", packed, "--quiet")) for _ in range(self.rounds))
        alone = min(seconds(decompress) for _ in range(self.rounds))
        title = f"Debian layer of {len(plain) // MIB} MiB"
        yield f"{title}: its packages read, by `wharf scan`", "s", read
        yield "the same: decompressed alone, by zlib", "s", alone

    def rematch(self):
        feed = self.folder / "tracker.json"
        tracker(feed, "2")
        self.wharf.cli("vulndb", "update", "--from", feed)
        self.wharf.start()
        self.wharf.initialize()
        registry = Registry(self.wharf.url, self.wharf.admin.name, self.wharf.admin.password)
        config = json.dumps({"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": []}})
        registry.push_blob("admin/many", config.encode())

        def push(numbers):
            mine = Registry(self.wharf.url, self.wharf.admin.name, self.wharf.admin.password)
            for number in numbers:
                content = layer(number)
                mine.push_blob("admin/many", content)
                mine.push_manifest("admin/many", f"v{number}", {
                    "schemaVersion": 2, "mediaType": OCI_MANIFEST,
                    "config": descriptor(config.encode(), OCI_CONFIG),
                    "layers": [descriptor(content, "application/vnd.oci.image.layer.v1.tar+gzip")]})
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            list(pool.map(push, [range(n, self.images, 4) for n in range(4)]))
        yield f"{self.images:,} images scanned, from the last push on", "s", seconds(lambda: self.wait(0))

        tracker(feed, "0.1")
        before = self.scanned()
        began = time.perf_counter()
        self.wharf.cli("vulndb", "update", "--from", feed)
        self.wait(before + self.images)
        yield f"{self.images:,} images matched again, every package changed", "s", time.perf_counter() - began
        yield "the same: memory of the server at its peak", "MiB", self.wharf.resident_kib("VmHWM") / 1024

    def scanned(self):
        text = requests.get(self.wharf.url + "/metrics", timeout=60).text
        return sum(float(line.split()[-1]) for line in text.splitlines()
                   if line.startswith('wharf_scans_total{result="scanned"}'))

    def wait(self, scanned):
        """Until nothing waits and so many have been scanned."""
        session = requests.Session()
        session.headers["Authorization"] = f"Bearer {self.wharf.admin.token}"
        while True:
            queue = session.get(self.wharf.url + "/api/v1/superuser/scanner", timeout=60).json()["queue"]
            if queue["waiting"] == 0 and self.scanned() >= scanned:
                return
            time.sleep(0.1)

    def feeds(self, folder):
        took = seconds(lambda: self.wharf.cli("vulndb", "update", "--from", folder, "--json"))
        size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / MIB
        yield f"{size:.0f} MiB of feeds imported, beside the server", "s", took
        yield "memory of the server with them in force", "MiB", self.wharf.resident_kib() / 1024
