"""What the engines with an S3 API have in common: an address, a bucket, signed requests, daemons in a folder."""
import abc
import datetime
import hashlib
import hmac
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse

import requests

if __package__:
    from .process import die_with_parent, free_port, stop
else:
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
    from process import die_with_parent, free_port, stop

BUCKET = "wharf"
REGION = "us-east-1"


class Gateway:
    """A process that speaks S3: what it is called, its port in any case, its process while it runs."""

    def __init__(self, name):
        self.name, self.port, self.process = name, free_port(), None


class ObjectStore(abc.ABC):
    """An engine on loopback. `start()` once; `remove()` ends it and deletes its folder. Gateways can be stopped and
    started again: `stop_gateway()`, `start_gateway()`. Clients use `port`: the first gateway's, unless it is set.

    An engine names its keys and its `driver`, starts what it needs in `_start()` and a gateway in `_gateway()`.
    """
    name = driver = access_key = secret_key = ""

    def __init__(self, *, gateways=("gateway",), folder="/tmp"):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"wharf-{self.name}-", dir=folder))
        self.gateways = [Gateway(name) for name in gateways]
        self.port = self.gateways[0].port
        self.processes = []

    @abc.abstractmethod
    def _start(self):
        """Starts what is needed, the gateways among it."""

    @abc.abstractmethod
    def _gateway(self, gateway):
        """Starts its process and returns it."""

    def start(self):
        try:
            self._start()
            self._make_bucket()
            return self
        except BaseException:
            self.remove()
            raise

    def remove(self):
        for process in reversed(self.processes):
            process.send_signal(signal.SIGCONT)
            stop(process, term=signal.SIGKILL)
        self.processes = []
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def gateway(self):
        """The first gateway's process."""
        return self.gateways[0].process

    def start_gateway(self, number=0):
        gateway = self.gateways[number]
        gateway.process = self._gateway(gateway)
        self._until_answering(gateway.process, gateway.port)

    def stop_gateway(self, number=0, how=signal.SIGKILL):
        self._end(self.gateways[number].process, how)
        self.gateways[number].process = None

    @property
    def address(self):
        """Everything that a test needs to know, as one URL."""
        return f"http://{self.access_key}:{self.secret_key}@127.0.0.1:{self.port}/{BUCKET}"

    def storage(self, path, **more):
        """A value of DISTRIBUTED_STORAGE_CONFIG that keeps blobs below `path`."""
        return {"default": [self.driver, {
            "hostname": "127.0.0.1", "port": self.port, "is_secure": False, "access_key": self.access_key,
            "secret_key": self.secret_key, "bucket_name": BUCKET, "storage_path": path, **more}]}

    def request(self, method, path, query="", body=b"", headers=None):
        """A signed request; `path` from the bucket on. Source: AWS, "Signature Version 4 for S3"."""
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        content = hashlib.sha256(body).hexdigest()
        host = f"127.0.0.1:{self.port}"
        signed = "host;x-amz-content-sha256;x-amz-date"
        canonical = (f"{method}\n/{path}\n{query}\nhost:{host}\nx-amz-content-sha256:{content}\nx-amz-date:{now}\n\n"
                     f"{signed}\n{content}")
        scope = f"{now[:8]}/{REGION}/s3/aws4_request"
        key = b"AWS4" + self.secret_key.encode()
        for part in (now[:8], REGION, "s3", "aws4_request"):
            key = hmac.new(key, part.encode(), "sha256").digest()
        text = f"AWS4-HMAC-SHA256\n{now}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        signature = hmac.new(key, text.encode(), "sha256").hexdigest()
        url = f"http://{host}/{path}" + (f"?{query}" if query else "")
        return requests.request(method, url, data=body, timeout=60, headers={
            **(headers or {}), "x-amz-content-sha256": content, "x-amz-date": now,
            "Authorization": f"AWS4-HMAC-SHA256 Credential={self.access_key}/{scope},SignedHeaders={signed},"
                             f"Signature={signature}"})

    def blobs(self, path):
        """The objects below `path` (as in `storage`), 1,000 at most, but for the note of whose blobs they are: key ->
        bytes."""
        prefix = path.strip("/") + "/"
        answer = self.request("GET", BUCKET, query=f"list-type=2&prefix={urllib.parse.quote(prefix, safe='')}")
        assert answer.status_code == 200, answer.text
        found = re.findall("<Key>([^<]*)</Key>.*?<Size>([0-9]+)</Size>", answer.text)
        return {key: int(size) for key, size in found if key != prefix + "registry"}

    def _make_bucket(self):
        deadline = time.monotonic() + 60
        while (answer := self.request("PUT", BUCKET)).status_code != 200:
            if time.monotonic() > deadline:
                raise RuntimeError(f"no bucket: {answer.status_code} {answer.text}\n{self._logs()}")
            time.sleep(0.2)

    def _spawn(self, name, command):
        """A daemon that ends with this process; what it says is in NAME.out."""
        log = open(self.folder / f"{name}.out", "ab")
        process = subprocess.Popen([*map(str, command)], cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                   preexec_fn=die_with_parent)
        log.close()
        self.processes.append(process)
        return process

    def _end(self, process, how):
        process.send_signal(how)
        process.wait()
        self.processes.remove(process)

    def _until_answering(self, process, port, path=""):
        """Waits until a daemon answers HTTP at all."""
        deadline = time.monotonic() + 120
        while True:
            try:
                requests.get(f"http://127.0.0.1:{port}{path}", timeout=5)
                return
            except requests.RequestException:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"{self.name} did not start:\n{self._logs()}") from None
            time.sleep(0.1)

    def _logs(self):
        return "\n".join(f"{path.name}: {path.read_text(errors='replace')[-1500:]}" for path in self.folder.glob("*.out"))


def main(engine):
    """The engine as a program: `COMMAND…` runs with its address in WHARF_TEST_S3; `--serve` prints the address, and ends
    when its standard input does."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        engine.start()
        if sys.argv[1:] == ["--serve"]:
            print(engine.address, flush=True)
            sys.stdin.read()
            return 0
        return subprocess.run(sys.argv[1:], env={**os.environ, "WHARF_TEST_S3": engine.address}).returncode
    except KeyboardInterrupt:
        return 130
    finally:
        engine.remove()
