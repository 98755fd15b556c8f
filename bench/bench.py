"""Compares Wharf with docker-registry and nginx on this machine: ./dev bench [--quick] [--rounds N] [ROW…].

Every row runs in interleaved rounds (one server after the other, again and again) and gives medians, so that what
disturbs the machine disturbs all. Only one server works at a time. Prints a Markdown table; a full run writes it to
bench/results.md too.
"""
import argparse
import hashlib
import json
import os
import pathlib
import platform
import re
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from lists import Lists
from moves import Moves
from nodes import Nodes
from replica import Replica
from scan import Scan
from search import Search
from servers import DockerRegistry, Nginx, WharfServer

from harness.images import big_layer
from harness.process import run
from harness.registry import OCI_MANIFEST, descriptor

HERE = pathlib.Path(__file__).resolve().parent
MIB = 1 << 20


class Bench:
    def __init__(self, options, folder):
        self.options = options
        self.folder = pathlib.Path(folder)
        self.big_mib = 256 if options.quick else 1024
        self.wrk_seconds = 2 if options.quick else 5
        self.images = 200 if options.quick else 1000
        self.rounds = options.rounds or (3 if options.quick else 5)
        self.servers = [WharfServer(folder, options.wharf), DockerRegistry(folder), Nginx(folder)]
        self.writers = [s for s in self.servers if s.writes]
        self.rows = []
        self.notes = []

    # Content

    def fill(self):
        """Gives each server the same manifest, a blob of 1 MiB and a big one."""
        layout, _, self.big_digest = big_layer(self.folder / "layout", self.big_mib * MIB)
        self.big_file = layout.folder / "blobs/sha256" / self.big_digest.split(":")[1]
        self.small_file = self.folder / "small"
        self.small_file.write_bytes(os.urandom(MIB))
        self.small_digest = "sha256:" + hashlib.sha256(self.small_file.read_bytes()).hexdigest()
        config = json.dumps({"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": []}})
        config_file = self.folder / "config"
        config_file.write_text(config)
        entry = descriptor(config.encode(), "application/vnd.oci.image.config.v1+json")
        layer = {"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": self.small_digest, "size": MIB}
        manifest = json.dumps({"schemaVersion": 2, "mediaType": OCI_MANIFEST, "config": entry,
                               "layers": [layer] * 8}, indent=2).encode()
        for server in self.servers:
            server.prepare()
            for path, digest in ((self.big_file, self.big_digest), (self.small_file, self.small_digest),
                                 (config_file, entry["digest"])):
                server.put_file(path, digest)
            if server.writes:
                server.registry.push_manifest("bench/app", "latest", manifest)
            else:
                server.put_manifest("latest", manifest)
            server.authorize()

    # Measures: each returns one number for one server

    def wrk(self, server, path, headers=None):
        command = ["wrk", "-t1", "-c64", f"-d{self.wrk_seconds}s"]
        for name, value in {**server.headers, **(headers or {})}.items():
            command += ["-H", f"{name}: {value}"]
        out = run([*command, server.url + path]).stdout
        if "Non-2xx" in out or "Socket errors" in out:
            raise SystemExit(f"bench: {server.name} answered {path} with errors:\n{out}")
        return float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1])

    def manifest(self, server):
        return self.wrk(server, "/v2/bench/app/manifests/latest", {"Accept": OCI_MANIFEST})

    def small_blob(self, server):
        return self.wrk(server, f"/v2/bench/app/blobs/{self.small_digest}")

    def pull(self, server, count):
        """Seconds for `count` curls of the big blob at once."""
        command = ["curl", "-sf", "-o", "/dev/null", "--noproxy", "*"]
        for name, value in server.headers.items():
            command += ["-H", f"{name}: {value}"]
        command.append(f"{server.url}/v2/bench/app/blobs/{self.big_digest}")
        began = time.perf_counter()
        running = [subprocess.Popen(command) for _ in range(count)]
        if any([process.wait() for process in running]):
            raise SystemExit(f"bench: a pull from {server.name} failed")
        return time.perf_counter() - began

    def push(self, server):
        """Seconds for one curl to push the big blob: POST, then PUT. It is deleted and another is pushed each time."""
        path = self.folder / "push"
        shutil.copyfile(self.big_file, path)
        with open(path, "r+b") as file:  # other bytes, so that it is new to the server
            file.seek(-64, os.SEEK_END)
            file.write(os.urandom(64))
        digest = "sha256:" + run(["sha256sum", path]).stdout.split()[0]
        os.sync()
        address = server.registry.with_digest(server.registry.start_upload("bench/app"), digest)
        command = ["curl", "-sf", "-o", "/dev/null", "--noproxy", "*", "-T", str(path), "-H", "Expect:"]
        for name, value in server.headers.items():
            command += ["-H", f"{name}: {value}"]
        began = time.perf_counter()
        status = subprocess.run([*command, address]).returncode
        seconds = time.perf_counter() - began
        if status:
            raise SystemExit(f"bench: a push to {server.name} failed ({status})")
        server.registry.delete(f"/bench/app/blobs/{digest}", status=202)
        return seconds

    def disk(self):
        """Seconds to hash, write and fsync the same bytes beside any server: what a push costs at least."""
        target = self.folder / "raw"
        os.sync()
        began = time.perf_counter()
        source = shlex.quote(str(self.big_file))
        run(["sh", "-c", f"sha256sum {source} >/dev/null & "
             f"dd if={source} of={shlex.quote(str(target))} bs=1M conv=fsync 2>/dev/null; wait"])
        seconds = time.perf_counter() - began
        target.unlink()
        return seconds

    def push_images(self, server, round_):
        """Images a second."""
        token = server.headers.get("Authorization", "").removeprefix("Bearer ")
        out = run(["/usr/bin/python3", HERE / "push_images.py", server.url, "bench/app", f"r{round_}", self.images, 8,
                   *([token] if token else [])], timeout=900).stdout
        return self.images / float(out)

    # Rows

    def interleaved(self, title, unit, measure, servers, *, less_is_better=False, extra=None):
        """Runs `measure(server, round)` in rounds and adds a row of medians."""
        samples = {server.name: [] for server in servers}
        if extra:
            samples[extra[0]] = []
        for round_ in range(self.rounds):
            for server in servers:
                samples[server.name].append(measure(server, round_))
            if extra:
                samples[extra[0]].append(extra[1]())
        medians = {name: statistics.median(values) for name, values in samples.items()}
        spread = max(max(v) / min(v) for v in samples.values())
        self.rows.append((title, unit, medians, less_is_better, spread))
        print(f"bench: {title}: " + ", ".join(f"{n} {v:.4g}" for n, v in medians.items()), file=sys.stderr)

    def row_start(self):
        def measure(server, _):
            server.stop()
            return server.start() * 1000
        self.interleaved("start to first answer", "ms", measure, self.servers, less_is_better=True)

    def row_manifest(self):
        self.interleaved("manifest by tag, 64 connections", "requests/s", lambda s, _: self.manifest(s), self.servers)

    def row_small(self):
        self.interleaved("blob of 1 MiB, 64 connections", "requests/s", lambda s, _: self.small_blob(s), self.servers)

    def row_pull(self):
        title = f"blob of {self.big_mib} MiB, one client"
        self.interleaved(title, "s", lambda s, _: self.pull(s, 1), self.servers, less_is_better=True)

    def row_pull8(self):
        title = f"blob of {self.big_mib} MiB, eight clients at once"
        self.interleaved(title, "s", lambda s, _: self.pull(s, 8), self.servers, less_is_better=True)

    def row_push(self):
        self.interleaved(f"push of {self.big_mib} MiB", "s", lambda s, _: self.push(s), self.writers,
                         less_is_better=True, extra=("hash + write + fsync", self.disk))

    def row_images(self):
        self.interleaved(f"push of {self.images} small images", "images/s", self.push_images, self.writers)

    def row_lists(self):
        """The API's lists over much data, which the other servers do not have."""
        self.over_much_data(Lists)

    def row_search(self):
        """Searches over much data, likewise."""
        self.over_much_data(Search)

    def row_scan(self):
        """The scanner, likewise."""
        self.alone(Scan(self.folder, self.options.wharf, self.images * 10, self.rounds))

    def row_nodes(self):
        """Nodes on PostgreSQL and Ceph, likewise."""
        quick = {"seconds": 2, "images": 100, "rounds": 1, "large_mib": 1024} if self.options.quick else {}
        self.alone(Nodes(self.folder, self.options.wharf, **quick))

    def row_replica(self):
        """A standby for reads that may lag, likewise."""
        quick = {"rounds": 1, "requests": 100} if self.options.quick else {}
        self.alone(Replica(self.folder, self.options.wharf, **quick))

    def row_moves(self):
        """Blobs from one place to another, likewise."""
        quick = {"rounds": 1, "large_mib": 32} if self.options.quick else {}
        self.alone(Moves(self.folder, self.options.wharf, **quick))

    def alone(self, kind):
        for title, unit, value in kind.over():
            self.rows.append((title, unit, {"Wharf": value}, True, 1.0))
            print(f"bench: {title}: {value:.4g} {unit}", file=sys.stderr)

    def over_much_data(self, kind):
        with kind(self.folder, self.options.wharf) as lists:
            for title, path, who in lists.requests():
                samples = [lists.milliseconds(path, who) for _ in range(self.rounds)]
                self.rows.append((title, "ms", {"Wharf": statistics.median(samples)}, True,
                                  max(samples) / min(samples)))
                print(f"bench: {title}: {statistics.median(samples):.4g}", file=sys.stderr)
            for title, unit, value in lists.measures():
                self.rows.append((title, unit, {"Wharf": value}, True, 1.0))
                print(f"bench: {title}: {value:.4g} {unit}", file=sys.stderr)

    def memory_idle(self):
        values = {s.name: s.memory_kib("VmRSS") / 1024 for s in self.servers}
        self.rows.append(("memory at idle, after the start", "MiB", values, True, 1.0))

    def memory_peak(self):
        values = {s.name: s.memory_kib("VmHWM") / 1024 for s in self.servers}
        self.rows.append(("memory at its peak, over the rows above", "MiB", values, True, 1.0))

    ROWS = {"start": row_start, "manifest": row_manifest, "small": row_small, "pull": row_pull, "pull8": row_pull8,
            "push": row_push, "images": row_images, "lists": row_lists,
            "search": row_search, "scan": row_scan, "nodes": row_nodes, "replica": row_replica, "moves": row_moves}
    # What is not compared: each of these has servers of its own.
    ALONE = {"lists", "search", "scan", "nodes", "replica", "moves"}

    def run(self, names):
        if compared := [name for name in names if name not in self.ALONE]:
            self.compare(compared)
        for name in names:
            if name in self.ALONE:
                self.ROWS[name](self)

    def compare(self, names):
        for server in self.servers:
            server.start()
        try:
            if "start" in names:
                self.row_start()
            self.memory_idle()
            if set(names) - {"start"}:
                self.fill()
            for name in names:
                if name != "start":
                    for server in self.servers:
                        server.authorize()
                    self.ROWS[name](self)
            if set(names) - {"start"}:
                self.memory_peak()
        finally:
            for server in self.servers:
                if server.process:
                    server.stop()

    def table(self):
        columns = ["Wharf", "docker-registry", "nginx", "hash + write + fsync"]
        lines = ["| what | unit | " + " | ".join(columns) + " | Wharf to docker-registry | Wharf to nginx | spread |",
                 "|---|---|" + "---:|" * (len(columns) + 3)]
        for title, unit, medians, less, spread in self.rows:
            cells = [number(medians.get(column)) for column in columns]
            for other in ("docker-registry", "nginx"):
                if other in medians:
                    ratio = medians[other] / medians["Wharf"] if less else medians["Wharf"] / medians[other]
                    cells.append(f"{ratio:.2f} x")
                else:
                    cells.append("")
            lines.append(f"| {title} | {unit} | " + " | ".join(cells) + f" | {spread:.2f} |")
        return "\n".join(lines)


def number(value):
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def version(*command):
    if shutil.which(command[0]) is None:
        return f"no {command[0]}"
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return (done.stdout.strip().splitlines() or ["?"])[0]


def machine(folder, options):
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    memory = int(re.search(r"MemTotal:\s+(\d+)", pathlib.Path("/proc/meminfo").read_text())[1]) / MIB
    disk = run(["df", "-T", folder]).stdout.splitlines()[1].split()
    commit = version("git", "-C", str(HERE), "rev-parse", "--short", "HEAD")
    return "\n".join([
        f"- {os.cpu_count()} cores ({cpu[1] if cpu else platform.machine()}), {memory:.0f} GiB, "
        f"{disk[1]} on {disk[0]}, Linux {platform.release()}",
        f"- {version(options.wharf, '--version')} at {commit}; {version('docker-registry', '--version')}; "
        f"{version('nginx', '-v')}; {version('wrk', '-v')}",
        f"- {time.strftime('%Y-%m-%d', time.gmtime())}, `{' '.join(['./dev bench', *sys.argv[3:]])}`"])


EXPLANATION = """\
Medians of {rounds} interleaved rounds; one server works at a time, and the load runs on the same cores. A ratio above 1
means that Wharf is the better one (more requests, fewer seconds, less memory). `spread` is the widest quotient of the
largest and the smallest sample among the servers of a row. Wharf checks a token on every request; docker-registry runs
as Debian configures it but without its password file, and nginx serves static files: neither checks anything. All write
an access log to a file. `hash + write + fsync` is what the bytes of a push cost without a server."""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wharf", default=str(HERE.parent / "build/release/wharf"))
    parser.add_argument("--quick", action="store_true", help="smaller and shorter, under three minutes")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--folder", default=str(HERE.parent / "build"), help="where the servers' data lies meanwhile")
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(Bench.ROWS))
    options = parser.parse_args()
    if unknown := set(options.rows) - set(Bench.ROWS):
        parser.error(f"no such row: {', '.join(sorted(unknown))}; there are {', '.join(Bench.ROWS)}")
    options.wharf = str(pathlib.Path(options.wharf).resolve())
    with tempfile.TemporaryDirectory(prefix="bench-", dir=options.folder) as folder:
        bench = Bench(options, folder)
        bench.run(options.rows or list(Bench.ROWS))
        report = "\n\n".join(["# Wharf beside docker-registry and nginx", machine(folder, options), bench.table(),
                              EXPLANATION.format(rounds=bench.rounds)]) + "\n"
    print(report)
    if not options.rows and not options.quick:
        results = HERE / "results.md"
        # What other benches measured stays below, each under a heading of its own.
        _, *others = [part for part in re.split(r"(?m)^(?=# )", results.read_text()) if part]
        results.write_text("\n".join([report, "".join(others)]) if others else report)
        print("bench: written to bench/results.md", file=sys.stderr)


if __name__ == "__main__":
    main()
