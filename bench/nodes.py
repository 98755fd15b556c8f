"""Nodes on PostgreSQL and Ceph behind HAProxy: what one, two and three of them answer, what a pull and a push cost in
SQL statements, requests to the store and time on processors, and a push of 10 GiB.

`over` gives rows (title, unit, value). Nodes, PostgreSQL, Ceph, HAProxy and the load share the machine, so each node is
held to a share of one core (by a cgroup): then a node more is a share more, and the rows without shares show what the
machine bears. Where cgroups cannot be made those with shares are left out. Alone: nodes.py WHARF [FOLDER].
"""
import contextlib
import http.client
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time
from urllib.parse import urlsplit

import requests

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))

from harness.ceph import Ceph  # noqa: E402
from harness.postgres import Postgres  # noqa: E402
from harness.process import die_with_parent, run  # noqa: E402
from harness.proxy import Proxy  # noqa: E402
from harness.registry import OCI_MANIFEST, Registry  # noqa: E402
from harness.server import Wharf  # noqa: E402

MIB = 1 << 20
SHARE = 0.05  # of one core, for each node
TICK = os.sysconf("SC_CLK_TCK")
SECRETS = {"SECRET_KEY": "a key that the nodes of a bench share", "DATABASE_SECRET_KEY": "another one that they share"}


class Quota:
    """Holds processes to a share of one core. Source: the kernel's documentation of cgroups, version 1 and 2."""

    def __init__(self, name, share):
        old, new = pathlib.Path("/sys/fs/cgroup/cpu"), pathlib.Path("/sys/fs/cgroup")
        first = (new / "cgroup.controllers").exists()
        self.folder = (new if first else old) / f"wharf-bench-{os.getpid()}-{name}"
        self.folder.mkdir()
        try:
            period = 20_000
            if first:
                (self.folder / "cpu.max").write_text(f"{int(period * share)} {period}")
            else:
                (self.folder / "cpu.cfs_period_us").write_text(str(period))
                (self.folder / "cpu.cfs_quota_us").write_text(str(int(period * share)))
        except OSError:
            self.remove()
            raise

    def hold(self, pid):
        (self.folder / "cgroup.procs").write_text(str(pid))

    def remove(self):
        for _ in range(50):  # its last process may still be on its way out
            try:
                self.folder.rmdir()
                return
            except OSError:
                time.sleep(0.1)


def descendants(pid):
    found = [pid]
    with contextlib.suppress(OSError):
        for children in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
            for child in children.read_text().split():
                found += descendants(int(child))
    return found


def processor_seconds(pids):
    """What the processes below `pids` have used, with those of their children that have ended."""
    total = 0
    for pid in {one for pid in pids for one in descendants(pid)}:
        with contextlib.suppress(OSError):
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += sum(map(int, fields[11:15]))
    return total / TICK


class Cluster:
    """PostgreSQL that flushes to disk, and Ceph with one OSD; nodes come and go."""

    def __init__(self, folder, binary, store="memstore"):
        self.folder, self.binary, self.store = pathlib.Path(folder) / f"nodes-{store}", binary, store
        self.folder.mkdir(parents=True)
        self.stack = contextlib.ExitStack()
        self.nodes, self.admin = [], None

    def __enter__(self):
        self.postgres = Postgres(settings="fsync = on\nsynchronous_commit = on\nfull_page_writes = on\n"
                                          "shared_buffers = 256MB\n")
        self.stack.callback(self.postgres.remove)
        self.postgres.start()
        self.ceph = Ceph(store=self.store, folder=self.folder)
        self.stack.callback(self.ceph.remove)
        self.ceph.start()
        self.uri = self.postgres.new_database()
        return self

    def __exit__(self, *_):
        self.stop_nodes()
        self.stack.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start_nodes(self, count, share=None, *, through=True):
        settings = {"DISTRIBUTED_STORAGE_CONFIG": self.ceph.storage("/bench"), "FEATURE_PROXY_STORAGE": through,
                    "FEATURE_SECURITY_SCANNER": False, **SECRETS, **Proxy.settings}
        self.quotas = []
        for number in range(count):
            node = Wharf(self.binary, self.folder / f"node{number}/data", database_uri=self.uri, settings=settings)
            self.nodes.append(node)
            node.start()
            if share:
                self.quotas.append(Quota(number, share))
                self.quotas[-1].hold(node.process.pid)
        self.admin = self.admin or self.nodes[0].initialize("bench")
        self.proxy = Proxy([node.host for node in self.nodes]).start()
        self.url = self.proxy.url
        self.registry = Registry(self.url, self.admin.name, self.admin.password)
        time.sleep(1.5)  # until HAProxy has asked all of them how they are

    def stop_nodes(self):
        if self.nodes:
            self.proxy.remove()
        for node in self.nodes:
            node.kill()
        for quota in self.quotas if self.nodes else ():
            quota.remove()
        self.nodes = []

    def parts(self):
        """What is measured beside the load: name -> pids."""
        return {"the nodes": [node.process.pid for node in self.nodes], "PostgreSQL": [self.postgres.process.pid],
                "Ceph": [process.pid for process in self.ceph.processes], "HAProxy": [self.proxy.process.pid]}

    def counters(self):
        """The nodes' own counters, summed."""
        total = {}
        for node in self.nodes:
            text = requests.get(node.url + "/metrics", timeout=30).text
            for name, value in re.findall(r"^(wharf_\w+(?:\{[^}]*\})?) (\S+)$", text, re.M):
                total[name] = total.get(name, 0) + float(value)
        return total


class Nodes:
    def __init__(self, folder, binary, *, seconds=5, images=400, rounds=3, large_mib=10 * 1024):
        self.folder, self.binary, self.large_mib = folder, binary, large_mib
        self.seconds, self.images, self.rounds = seconds, images, rounds

    def over(self):
        with Cluster(self.folder, self.binary) as cluster:
            yield from self.costs(cluster)
            yield from self.throughput(cluster)
        with Cluster(self.folder, self.binary, "bluestore") as cluster:
            yield from self.large(cluster)

    # What one operation costs

    def costs(self, cluster):
        cluster.start_nodes(1)
        digest, manifest = cluster.registry.push_image("bench/app", "latest", os.urandom(1000))
        blob = cluster.registry.push_blob("bench/app", os.urandom(MIB))
        token = cluster.registry.token("repository:bench/app:pull,push")
        manifests = "/v2/bench/app/manifests/"
        rounds = iter(range(1_000_000))
        blobs = f"/v2/bench/app/blobs/{blob}"
        kinds = [
            ("manifest by tag", lambda: self.gets(cluster, token, manifests + "latest", 2000), 2000),
            ("manifest by digest", lambda: self.gets(cluster, token, manifests + digest, 2000), 2000),
            ("blob of 1 MiB through the node", lambda: self.gets(cluster, token, blobs, 200), 200),
            ("token", lambda: self.tokens(cluster, 50), 50),
            ("push of an image of two small blobs", lambda: self.push(cluster, next(rounds), self.images), self.images)]
        for title, job, count in kinds:
            job()  # statements prepared, connections open
            yield from self.cost(cluster, title, job, count)
        cluster.stop_nodes()
        cluster.start_nodes(1, through=False)
        token = cluster.registry.token("repository:bench/app:pull,push")
        yield from self.cost(cluster, "blob by redirect", lambda: self.gets(cluster, token, blobs, 2000), 2000)
        cluster.stop_nodes()

    def cost(self, cluster, title, job, count):
        """Rows for one kind of operation; what the background does meanwhile is counted over a pause and taken off."""
        before, began = cluster.counters(), time.monotonic()
        time.sleep(3)
        idle, idle_seconds = cluster.counters(), time.monotonic() - began
        used = {name: processor_seconds(pids) for name, pids in cluster.parts().items()}
        started = time.monotonic()
        job()
        lasted = time.monotonic() - started
        used = {name: processor_seconds(pids) - used[name] for name, pids in cluster.parts().items()}
        after = cluster.counters()

        def each(pattern, less_idle=True):
            total = 0
            for name in after:
                if re.match(pattern, name):
                    noise = (idle.get(name, 0) - before.get(name, 0)) / idle_seconds * lasted if less_idle else 0
                    total += after[name] - idle.get(name, 0) - noise
            return max(total, 0) / count

        yield f"{title}: SQL statements", "each", each("wharf_db_statements_total")
        yield f"{title}: transactions that read", "each", each("wharf_db_reads_total")
        yield f"{title}: transactions that write", "each", each("wharf_db_writes_total")
        yield f"{title}: requests to the store", "each", each("wharf_s3_requests_total", less_idle=False)
        for name in sorted(after):
            if found := re.match(r'wharf_s3_requests_total\{call="(\w+)"\}', name):
                if number := each(re.escape(name), less_idle=False):
                    yield f"{title}: of them {found[1].upper()}", "each", number
        for name, seconds in used.items():
            yield f"{title}: time of {name}", "µs", seconds / count * 1e6

    def gets(self, cluster, token, path, count):
        """`count` requests over one kept connection."""
        where = urlsplit(cluster.url)
        connection = http.client.HTTPConnection(where.hostname, where.port, timeout=60)
        for _ in range(count):
            connection.request("GET", path, headers={"Authorization": f"Bearer {token}", "Accept": OCI_MANIFEST})
            answer = connection.getresponse()
            answer.read()
            if answer.status not in (200, 307):
                raise SystemExit(f"bench: {path} answered {answer.status}")
        connection.close()

    def tokens(self, cluster, count):
        for _ in range(count):
            cluster.registry.token("repository:bench/app:pull")

    def push(self, cluster, round_, count, workers=8):
        token = cluster.registry.token("repository:bench/app:pull,push")
        out = run(["/usr/bin/python3", HERE / "push_images.py", cluster.url, "bench/app", f"r{os.getpid()}-{round_}-"
                   f"{time.time_ns()}", count, workers, token], timeout=900).stdout
        return count / float(out)

    # One, two and three nodes

    def throughput(self, cluster):
        for share, words in ((SHARE, f", each held to {SHARE} cores"), (None, "")):
            for count in (1, 2, 3):
                try:
                    cluster.start_nodes(count, share)
                except OSError as why:
                    print(f"bench: no shares of a core here: {why}", file=sys.stderr)
                    cluster.stop_nodes()
                    break
                nodes = "one node" if count == 1 else f"{count} nodes"
                cluster.registry.push_image("bench/app", "latest", b"x")
                token = cluster.registry.token("repository:bench/app:pull,push")
                self.wrk(cluster, token)
                used = {name: processor_seconds(pids) for name, pids in cluster.parts().items()}
                began = time.monotonic()
                rates = sorted(self.wrk(cluster, token) for _ in range(self.rounds))
                lasted = time.monotonic() - began
                yield f"manifest by tag, {nodes}{words}", "requests/s", rates[len(rates) // 2]
                for name, pids in cluster.parts().items():
                    busy = (processor_seconds(pids) - used[name]) / lasted
                    yield f"the same: cores that {name} used", "cores", busy
                images = self.images // 8 if share else self.images
                rates = sorted(self.push(cluster, 0, images) for _ in range(self.rounds))
                yield f"push of small images, {nodes}{words}", "images/s", rates[len(rates) // 2]
                cluster.stop_nodes()

    def wrk(self, cluster, token):
        out = run(["wrk", "-t1", "-c48", f"-d{self.seconds}s", "-H", f"Authorization: Bearer {token}", "-H",
                   f"Accept: {OCI_MANIFEST}", cluster.url + "/v2/bench/app/manifests/latest"]).stdout
        if "Non-2xx" in out or "Socket errors" in out:
            raise SystemExit(f"bench: manifests were answered with errors:\n{out}")
        return float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1])

    # A large blob

    def large(self, cluster):
        cluster.start_nodes(1)
        node, size = cluster.nodes[0], self.large_mib * MIB
        name = f"{self.large_mib / 1024:g} GiB"
        before = cluster.counters()
        # The same random-looking bytes each time, faster than any store takes them; never a whole in memory or on disk.
        source = (f"head -c {size} /dev/zero | openssl enc -aes-128-ctr -nosalt -K 00112233445566778899aabbccddeeff "
                  "-iv 00000000000000000000000000000000")
        digest = "sha256:" + run(["sh", "-c", source + " | openssl dgst -sha256 -r"], timeout=900).stdout.split()[0]
        token = cluster.registry.token("repository:bench/app:pull,push")
        address = cluster.registry.start_upload("bench/app")
        authorization = ["-H", f"Authorization: Bearer {token}"]
        began = time.perf_counter()
        push = subprocess.run(["sh", "-c", source + ' | exec curl -sS -f --noproxy "*" -X PATCH -T - -o /dev/null -D - '
                               '-H "Content-Type: application/octet-stream" "$@"', "push", *authorization, address],
                              stdout=subprocess.PIPE, text=True, preexec_fn=die_with_parent)
        if push.returncode:
            raise SystemExit(f"bench: the push of {name} failed ({push.returncode})")
        cluster.registry.put(Registry.with_digest(address, digest), status=201, timeout=900)
        seconds = time.perf_counter() - began
        yield f"push of {name} to Ceph with an OSD on disk", "s", seconds
        yield "the same: MiB a second", "MiB/s", self.large_mib / seconds
        yield "the same: memory of the node at its peak", "MiB", node.resident_kib("VmHWM") / 1024
        after = cluster.counters()
        calls = sum(after[key] - before.get(key, 0) for key in after if "wharf_s3_requests" in key)
        yield "the same: requests to the store", "", calls
        began = time.perf_counter()
        pulled = run(["sh", "-c", 'curl -sS -f --noproxy "*" "$@" | openssl dgst -sha256 -r', "pull", *authorization,
                      f"{cluster.url}/v2/bench/app/blobs/{digest}"], timeout=1800).stdout.split()[0]
        if f"sha256:{pulled}" != digest:
            raise SystemExit(f"bench: {name} came back as {pulled}")
        yield f"pull of {name} through the node, hashed", "s", time.perf_counter() - began
        yield "the same: memory of the node at its peak", "MiB", node.resident_kib("VmHWM") / 1024
        cluster.stop_nodes()


def main():
    import argparse
    import tempfile
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wharf")
    parser.add_argument("folder", nargs="?", default=str(HERE.parent / "build"))
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--mib", type=int, default=10 * 1024)
    parser.add_argument("--only", choices=("costs", "throughput", "large"))
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="nodes-", dir=options.folder) as folder:
        quick = {"seconds": 2, "images": 100, "rounds": 1} if options.quick else {}
        nodes = Nodes(folder, str(pathlib.Path(options.wharf).resolve()), large_mib=options.mib, **quick)
        rows = nodes.over()
        if options.only:
            cluster = Cluster(folder, nodes.binary, "bluestore" if options.only == "large" else "memstore")
            cluster.__enter__()
            rows = getattr(nodes, options.only)(cluster)
        try:
            for title, unit, value in rows:
                print(f"| {title} | {unit} | {value:,.4g} |", flush=True)
        finally:
            if options.only:
                cluster.__exit__()


if __name__ == "__main__":
    main()
