"""A Ceph of its own with an S3 gateway: one monitor, one OSD that keeps everything in memory, one RadosGW, on loopback.
More of both, and OSDs that keep things on disk, for those who ask.

As a program: `ceph.py COMMAND…` or `ceph.py --serve`, as object_store.main says.
"""
import pathlib
import signal
import sys
import uuid

if __package__:
    from .object_store import ObjectStore, main
    from .process import free_port, run
else:
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
    from object_store import ObjectStore, main
    from process import free_port, run

_SETTINGS = """\
[global]
fsid = {fsid}
mon host = [v2:127.0.0.1:{mon_v2},v1:127.0.0.1:{mon_v1}]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
auth cluster required = none
auth service required = none
auth client required = none
run dir = {folder}
admin socket =
log file = {folder}/$name.log
crash dir = {folder}
mon data = {folder}/mon
mon cluster log file = {folder}/cluster.log
mon allow pool size one = true
mon warn on pool no redundancy = false
mon data avail warn = 2
mon data avail crit = 1
mon max pg per osd = 10000
osd pool default size = {copies}
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
osd heartbeat interval = {interval}
osd heartbeat grace = {grace}
mon osd min down reporters = 1
mon osd reporter subtree level = osd
mon osd adjust heartbeat grace = false
osd data = {folder}/osd$id
osd objectstore = {store}
osd memory target = 939524096
bluestore block size = 42949672960
osd scrub load threshold = 0.01
memstore device bytes = 4294967296
ms mon client mode = crc
ms client mode = crc
ms cluster mode = crc
ms service mode = crc
ms mon cluster mode = crc
ms mon service mode = crc
auth allow insecure global id reclaim = true
[mon]
paxos propose interval = 0.1
paxos min wait = 0.01
mon osd min in ratio = 0
[client]
rgw thread pool size = 64
rgw dns name = s3.localhost
rgw dynamic resharding = false
rgw override bucket index max shards = 1
rgw gc obj min wait = 60
"""


class Ceph(ObjectStore):
    """One cluster. With several OSDs each object lies on two, and one that does not answer for five seconds is left out;
    OSDs on disk (bluestore) can be killed and started again with what they had."""
    name, driver = "ceph", "RadosGWStorage"
    access_key, secret_key = "wharfaccess", "wharfsecretwharfsecret"

    def __init__(self, *, osds=1, gateways=1, store="memstore", folder="/tmp"):
        super().__init__(gateways=[f"client.rgw{n or ''}" for n in range(gateways)], folder=folder)
        self.store, self.osds = store, [None] * osds
        self._config = self.folder / "ceph.conf"

    def _start(self):
        fsid = uuid.uuid4()
        mon_v1, mon_v2 = free_port(), free_port()
        several = len(self.osds) > 1
        self._config.write_text(_SETTINGS.format(
            fsid=fsid, mon_v1=mon_v1, mon_v2=mon_v2, folder=self.folder, store=self.store,
            copies=2 if several else 1, interval=1 if several else 6, grace=5 if several else 60))
        (self.folder / "mon").mkdir()
        run(["monmaptool", "--create", "--clobber", "--fsid", fsid, "--addv", "a",
             f"[v2:127.0.0.1:{mon_v2},v1:127.0.0.1:{mon_v1}]", self.folder / "monmap"])
        self._run("ceph-mon", "-i", "a", "--mkfs", "--monmap", self.folder / "monmap")
        self._daemon("ceph-mon", "-i", "a")
        for number in range(len(self.osds)):
            (self.folder / f"osd{number}").mkdir()
            osd = uuid.uuid4()
            self._run("ceph", "osd", "new", osd, timeout=60)
            self._run("ceph-osd", "-i", number, "--mkfs", "--osd-uuid", osd)
            self.start_osd(number)
        for number in range(len(self.gateways)):
            self.start_gateway(number)
        self._run("radosgw-admin", "user", "create", "--uid=wharf", "--display-name=wharf",
                  f"--access-key={self.access_key}", f"--secret-key={self.secret_key}", timeout=120)

    def _gateway(self, gateway):
        return self._daemon("radosgw", "-n", gateway.name,
                            f"--rgw-frontends=beast endpoint=127.0.0.1:{gateway.port} tcp_nodelay=1")

    def start_osd(self, number):
        self.osds[number] = self._daemon("ceph-osd", "-i", number)

    def stop_osd(self, number, how=signal.SIGKILL):
        self._end(self.osds[number], how)
        self.osds[number] = None

    def _run(self, program, *arguments, timeout=60):
        return run([program, "-c", self._config, *arguments], timeout=timeout)

    def _daemon(self, program, *arguments):
        return self._spawn(program, [program, "-c", self._config, "-f", *arguments])


if __name__ == "__main__":
    sys.exit(main(Ceph()))
