"""A Ceph of its own with an S3 gateway: one monitor, one OSD that keeps everything in memory, one RadosGW, on loopback.
More of both, and OSDs that keep things on disk, for those who ask.

As a program it runs a command beside it: `ceph.py COMMAND…` sets WHARF_TEST_S3 to http://KEY:SECRET@HOST:PORT/BUCKET.
`ceph.py --serve` prints that address, and ends when its standard input does.
"""
import datetime
import hashlib
import hmac
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid

import requests

if __package__:
    from .process import die_with_parent, free_port, run, stop
else:
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
    from process import die_with_parent, free_port, run, stop

ACCESS_KEY = "wharfaccess"
SECRET_KEY = "wharfsecretwharfsecret"
BUCKET = "wharf"
REGION = "us-east-1"

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


class Gateway:
    """A RadosGW: its process while it runs, its port in any case."""

    def __init__(self, name):
        self.name, self.port, self.process = name, free_port(), None


class Ceph:
    """One cluster. `start()` once; `remove()` ends it and deletes its folder. The first gateway alone can be stopped
    and started again: `stop_gateway()`, `start_gateway()`. Clients use `port`: the first gateway's, unless it is set.

    With several OSDs each object lies on two, and one that does not answer for five seconds is left out; OSDs on disk
    (bluestore) can be killed and started again with what they had.
    """

    def __init__(self, *, osds=1, gateways=1, store="memstore", folder="/tmp"):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="wharf-ceph-", dir=folder))
        self.store, self.osds = store, [None] * osds
        self.gateways = [Gateway(f"client.rgw{n or ''}") for n in range(gateways)]
        self.port = self.gateways[0].port
        self.processes = []
        self._config = self.folder / "ceph.conf"

    @property
    def gateway(self):
        """The first gateway's process."""
        return self.gateways[0].process

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def address(self):
        """Everything that a test needs to know, as one URL."""
        return f"http://{ACCESS_KEY}:{SECRET_KEY}@127.0.0.1:{self.port}/{BUCKET}"

    def storage(self, path, **more):
        """A value of DISTRIBUTED_STORAGE_CONFIG that keeps blobs below `path`."""
        return {"default": ["RadosGWStorage", {
            "hostname": "127.0.0.1", "port": self.port, "is_secure": False, "access_key": ACCESS_KEY,
            "secret_key": SECRET_KEY, "bucket_name": BUCKET, "storage_path": path, **more}]}

    def start(self):
        try:
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
                      f"--access-key={ACCESS_KEY}", f"--secret-key={SECRET_KEY}", timeout=120)
            self._make_bucket()
            return self
        except BaseException:
            self.remove()
            raise

    def start_osd(self, number):
        self.osds[number] = self._daemon("ceph-osd", "-i", number)

    def stop_osd(self, number, how=signal.SIGKILL):
        self._end(self.osds[number], how)
        self.osds[number] = None

    def start_gateway(self, number=0):
        gateway = self.gateways[number]
        gateway.process = self._daemon("radosgw", "-n", gateway.name,
                                       f"--rgw-frontends=beast endpoint=127.0.0.1:{gateway.port} tcp_nodelay=1")
        deadline = time.monotonic() + 120
        while True:
            try:
                requests.get(f"http://127.0.0.1:{gateway.port}", timeout=5)
                return
            except requests.RequestException:
                if gateway.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"RadosGW did not start:\n{self._logs()}") from None
            time.sleep(0.1)

    def stop_gateway(self, number=0, how=signal.SIGKILL):
        self._end(self.gateways[number].process, how)
        self.gateways[number].process = None

    def _end(self, process, how):
        process.send_signal(how)
        process.wait()
        self.processes.remove(process)

    def remove(self):
        for process in reversed(self.processes):
            process.send_signal(signal.SIGCONT)
            stop(process, term=signal.SIGKILL)
        self.processes = []
        shutil.rmtree(self.folder, ignore_errors=True)

    def request(self, method, path, query="", body=b"", headers=None):
        """A signed request; `path` from the bucket on. Source: AWS, "Signature Version 4 for S3"."""
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        content = hashlib.sha256(body).hexdigest()
        host = f"127.0.0.1:{self.port}"
        signed = "host;x-amz-content-sha256;x-amz-date"
        canonical = (f"{method}\n/{path}\n{query}\nhost:{host}\nx-amz-content-sha256:{content}\nx-amz-date:{now}\n\n"
                     f"{signed}\n{content}")
        scope = f"{now[:8]}/{REGION}/s3/aws4_request"
        key = b"AWS4" + SECRET_KEY.encode()
        for part in (now[:8], REGION, "s3", "aws4_request"):
            key = hmac.new(key, part.encode(), "sha256").digest()
        text = f"AWS4-HMAC-SHA256\n{now}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        signature = hmac.new(key, text.encode(), "sha256").hexdigest()
        url = f"{self.endpoint}/{path}" + (f"?{query}" if query else "")
        return requests.request(method, url, data=body, timeout=60, headers={
            **(headers or {}), "x-amz-content-sha256": content, "x-amz-date": now,
            "Authorization": f"AWS4-HMAC-SHA256 Credential={ACCESS_KEY}/{scope},SignedHeaders={signed},"
                             f"Signature={signature}"})

    def _make_bucket(self):
        deadline = time.monotonic() + 60
        while (answer := self.request("PUT", BUCKET)).status_code != 200:
            if time.monotonic() > deadline:
                raise RuntimeError(f"no bucket: {answer.status_code} {answer.text}\n{self._logs()}")
            time.sleep(0.2)

    def _run(self, program, *arguments, timeout=60):
        return run([program, "-c", self._config, *arguments], timeout=timeout)

    def _daemon(self, program, *arguments):
        log = open(self.folder / f"{program}.out", "ab")
        process = subprocess.Popen([program, "-c", str(self._config), "-f", *map(str, arguments)], cwd="/",
                                   stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=die_with_parent)
        log.close()
        self.processes.append(process)
        return process

    def _logs(self):
        return "\n".join(f"{path.name}: {path.read_text(errors='replace')[-1500:]}" for path in self.folder.glob("*.out"))


def main():
    ceph = Ceph()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        ceph.start()
        if sys.argv[1:] == ["--serve"]:
            print(ceph.address, flush=True)
            sys.stdin.read()
            return 0
        return subprocess.run(sys.argv[1:], env={**os.environ, "WHARF_TEST_S3": ceph.address}).returncode
    except KeyboardInterrupt:
        return 130
    finally:
        ceph.remove()


if __name__ == "__main__":
    sys.exit(main())
