"""Faults under load: ./dev faults [FAULT…]. Three nodes behind HAProxy on PostgreSQL with a standby and on Ceph with
three OSDs on disk and two RadosGW; clients push and pull, and repeat what fails as clients do; something is broken and
mended; then every push that was answered 201 is pulled back and compared. Prints the table of docs/reliability.md; exit
status 1 when something was lost or an answer was wrong.

Runs in a network and a mount namespace of its own (root is needed), so that packets can be dropped and a disk can be
full without the machine noticing.
"""
import argparse
import contextlib
import os
import pathlib
import shutil
import signal
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from harness.ceph import Ceph  # noqa: E402
from harness.load import Load  # noqa: E402
from harness.postgres import Postgres, hung  # noqa: E402
from harness.process import run  # noqa: E402
from harness.proxy import Haproxy, Proxy  # noqa: E402
from harness.server import Wharf  # noqa: E402

INSIDE = "WHARF_FAULTS_INSIDE"
# The third node reaches PostgreSQL by an address of its own, so that its packets alone can be dropped.
FAR = "127.0.0.3"
DISK_BYTES = 768 << 20  # of PostgreSQL's file system


class Cluster:
    def __init__(self, binary, folder):
        self.binary, self.folder = binary, pathlib.Path(folder)
        self.stack = contextlib.ExitStack()

    def start(self):
        defer = self.stack.callback
        disk = self.folder / "disk"
        disk.mkdir()
        os.chmod(self.folder, 0o755)
        run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "none", disk])
        defer(lambda: run(["umount", "-l", disk], check=False))
        self.disk = disk
        self.primary = Postgres(folder=disk, settings="synchronous_commit = on\nwal_level = replica\n"
                                f"max_wal_size = 128MB\nlisten_addresses = '127.0.0.1,{FAR}'\n")
        defer(lambda: self.primary.stop())
        self.primary.start()
        name = self.primary.new_database().rsplit("/", 1)[1]
        self.standby = self.primary.standby()
        defer(lambda: self.standby.remove())
        self.ceph = Ceph(osds=3, gateways=2, store="bluestore", folder=self.folder)
        defer(lambda: self.ceph.remove())
        self.ceph.start()
        self.store = Haproxy(HERE / "gateways.cfg", {
            f"GATEWAY{n}": f"127.0.0.1:{gateway.port}" for n, gateway in enumerate(self.ceph.gateways, 1)})
        defer(self.store.remove)
        self.store.start()
        self.ceph.port = self.store.port
        settings = {
            "DISTRIBUTED_STORAGE_CONFIG": self.ceph.storage("/faults"), "FEATURE_PROXY_STORAGE": True,
            "SECRET_KEY": "a key that the nodes of a test share", "DATABASE_SECRET_KEY": "another one that they share",
            **Proxy.settings}
        self.nodes = []
        for number, host in enumerate(("127.0.0.1", "127.0.0.1", FAR)):
            uri = (f"postgresql://postgres@{host}:{self.primary.port},{host}:{self.standby.port}/{name}"
                   "?target_session_attrs=read-write")
            self.nodes.append(Wharf(self.binary, self.folder / f"node{number}/data", database_uri=uri,
                                    settings=settings))
        for node in self.nodes:
            defer(node.kill)
            node.start()
        self.admin = self.nodes[0].initialize()
        self.proxy = Proxy([node.host for node in self.nodes])
        defer(self.proxy.remove)
        self.proxy.start()
        return self

    def close(self):
        self.stack.close()


# Each breaks something, lets the load run against it, and mends it.

def node(cluster, under):
    cluster.nodes[1].kill()
    under()
    cluster.nodes[1].start()


def hung_node(cluster, under):
    cluster.nodes[0].process.send_signal(signal.SIGSTOP)
    under()
    cluster.nodes[0].process.send_signal(signal.SIGCONT)


def osd(cluster, under):
    cluster.ceph.stop_osd(0)
    under()
    cluster.ceph.start_osd(0)


def hung_osd(cluster, under):
    cluster.ceph.osds[1].send_signal(signal.SIGSTOP)
    under()
    cluster.ceph.osds[1].send_signal(signal.SIGCONT)


def gateway(cluster, under):
    cluster.ceph.stop_gateway(0)
    under()
    cluster.ceph.start_gateway(0)


def hung_gateway(cluster, under):
    cluster.ceph.gateways[1].process.send_signal(signal.SIGSTOP)
    under()
    cluster.ceph.gateways[1].process.send_signal(signal.SIGCONT)


def both_gateways(cluster, under):
    for number in range(2):
        cluster.ceph.stop_gateway(number)
    under(operations=0)
    for number in range(2):
        cluster.ceph.start_gateway(number)


def cut_off(cluster, under):
    rules = [["-s", FAR], ["-d", FAR]]
    for rule in rules:
        run(["iptables", "-A", "INPUT", *rule, "-j", "DROP"])
    under()
    for rule in rules:
        run(["iptables", "-D", "INPUT", *rule, "-j", "DROP"])


def restart(cluster, under):
    """The database is gone for all, and comes back."""
    cluster.primary.kill()
    under(operations=0)
    cluster.primary.start()


def full_disk(cluster, under):
    filler = cluster.disk / "filler"
    with contextlib.suppress(OSError), open(filler, "wb", buffering=0) as file:
        while file.write(bytes(1 << 20)) == 1 << 20:
            pass
        while file.write(bytes(4096)) == 4096:
            pass
    under(operations=0)
    filler.unlink()
    if cluster.primary.process.poll() is not None:  # it gives up when its log cannot grow; systemd would start it
        cluster.primary.start()


def hung_primary(cluster, under):
    with hung(cluster.primary):
        under(operations=0)


def primary(cluster, under):
    cluster.primary.kill()
    time.sleep(2)
    cluster.standby.promote()
    under()


# The last one is for good: the standby is the primary from then on.
FAULTS = {
    "node": ("`kill -9` of a node", node),
    "hung-node": ("a node hangs (SIGSTOP)", hung_node),
    "osd": ("`kill -9` of one OSD of three", osd),
    "hung-osd": ("an OSD hangs (SIGSTOP)", hung_osd),
    "gateway": ("`kill -9` of one RadosGW of two", gateway),
    "hung-gateway": ("a RadosGW hangs (SIGSTOP)", hung_gateway),
    "store-gone": ("`kill -9` of both RadosGW", both_gateways),
    "cut-off": ("packets between a node and PostgreSQL dropped", cut_off),
    "database-gone": ("`kill -9` of PostgreSQL, started again", restart),
    "full-disk": ("PostgreSQL's disk is full", full_disk),
    "hung-primary": ("PostgreSQL's primary hangs (SIGSTOP), its standby lives", hung_primary),
    "primary": ("`kill -9` of PostgreSQL's primary, its standby promoted", primary),
}
HEAD = ["what was done", "seconds", "pushes", "pulls", "requests sent", "failed", "retried", "given up", "wrong answers",
        "lost", "longest wait"]


def one(cluster, name, seconds):
    """Runs a fault; returns its row and what went wrong."""
    title, fault = FAULTS[name]
    load = Load(cluster.proxy.url, cluster.admin).start()
    complaints = [] if load.wait(40) else ["no 40 operations before the fault"]

    def under(operations=40):
        """The load runs for a while, and gets on if it is to."""
        time.sleep(seconds)
        if not load.wait(operations):
            complaints.append(f"no {operations} operations during the fault")

    began = time.monotonic()
    fault(cluster, under)
    lasted = time.monotonic() - began
    if not load.wait(40):
        complaints.append("no 40 operations after the fault")
    load.stop()
    lost = load.check()
    counts = load.counts
    row = [title, f"{lasted:.0f}", counts["pushes"], counts["pulls"], counts["sent"], counts["failed"],
           counts["retried"], counts["given_up"], len(load.wrong), len(lost), f"{load.longest_seconds:.1f} s"]
    told = ", ".join(f"{count} {status}" for status, count in load.statuses.most_common())
    print(f"faults: {name}: {', '.join(f'{h} {v}' for h, v in zip(HEAD[1:], row[1:]))} ({told})", file=sys.stderr)
    return row, complaints + load.wrong + [f"lost: {entry}" for entry in lost]


def settle(cluster):
    """Until every node is healthy again and the OSDs have had time to agree."""
    import requests
    deadline = time.monotonic() + 120
    for server in cluster.nodes:
        while True:
            with contextlib.suppress(requests.RequestException):
                if requests.get(server.url + "/health/endtoend", timeout=10).status_code == 200:
                    break
            if time.monotonic() > deadline:
                raise SystemExit(f"faults: a node did not recover:\n{server.log_tail()}")
            time.sleep(0.2)
    time.sleep(5)


def table(rows):
    lines = ["| " + " | ".join(HEAD) + " |", "|---|" + "---:|" * (len(HEAD) - 1)]
    return "\n".join(lines + ["| " + " | ".join(map(str, row)) + " |" for row in rows])


def namespaces():
    """Runs this program again in namespaces of its own."""
    if os.geteuid() != 0:
        raise SystemExit("faults: root is needed, for namespaces of networks and mounts")
    os.environ[INSIDE] = "1"
    os.execvp("unshare", ["unshare", "--net", "--mount", "--propagation", "private", sys.executable, *sys.argv])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wharf", default=str(HERE.parent.parent / "build/release/wharf"))
    parser.add_argument("--seconds", type=float, default=8, help="how long each fault lasts at least")
    parser.add_argument("--folder", default=str(HERE.parent.parent / "build"), help="where the data lies meanwhile")
    parser.add_argument("faults", nargs="*", metavar="FAULT", help=", ".join(FAULTS))
    options = parser.parse_args()
    if unknown := set(options.faults) - set(FAULTS):
        parser.error(f"no such fault: {', '.join(sorted(unknown))}; there are {', '.join(FAULTS)}")
    if INSIDE not in os.environ:
        namespaces()
    run(["ip", "link", "set", "lo", "up"])
    folder = tempfile.mkdtemp(prefix="faults-", dir=options.folder)
    cluster = Cluster(pathlib.Path(options.wharf).resolve(), folder)
    rows, wrong = [], []
    try:
        cluster.start()
        for name in [name for name in FAULTS if not options.faults or name in options.faults]:
            settle(cluster)
            row, complaints = one(cluster, name, options.seconds)
            rows.append(row)
            wrong += [f"{name}: {complaint}" for complaint in complaints]
    finally:
        cluster.close()
        shutil.rmtree(folder, ignore_errors=True)
    print(table(rows))
    for complaint in wrong[:50]:
        print(f"faults: {complaint}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
