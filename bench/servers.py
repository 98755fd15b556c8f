"""The servers that are compared, each a process of its own on loopback with its data in a temporary folder."""
import abc
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

import requests

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests"))

from harness.process import die_with_parent, free_port, stop  # noqa: E402
from harness.registry import Registry  # noqa: E402
from harness.server import Wharf  # noqa: E402


def _descendants(pid):
    """pid and the processes below it."""
    found = [pid]
    for children in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            found += _descendants(int(child))
    return found


class Server(abc.ABC):
    """What the rows need of a server: `url`, `registry` (who pushes), `headers` (for readers), memory, start, stop."""
    name = ""
    headers = {}
    writes = True

    def __init__(self, folder):
        self.folder = pathlib.Path(folder) / self.name
        self.folder.mkdir(parents=True)
        self.process = None

    def memory_kib(self, key):
        """VmRSS or VmHWM, summed over the server's processes."""
        total = 0
        for pid in _descendants(self.pid()):
            for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith(key + ":"):
                    total += int(line.split()[1])
        return total

    def pid(self):
        return self.process.pid

    @abc.abstractmethod
    def spawn(self):
        """Starts the process and remembers it in `self.process`."""

    def start(self):
        """Starts the server and returns the seconds until it answered its first request."""
        began = time.perf_counter()
        self.spawn()
        session = requests.Session()
        session.trust_env = False
        while True:
            try:
                if session.get(self.ready, timeout=5).status_code in (200, 401):
                    return time.perf_counter() - began
            except requests.RequestException:
                if time.perf_counter() - began > 60:
                    raise
                time.sleep(0.001)

    def stop(self):
        stop(self.process)
        self.process = None

    def put_file(self, path, digest):
        """Makes the file at `path` a blob of the repository bench/app."""
        with open(path, "rb") as data:
            address = Registry.with_digest(self.registry.start_upload("bench/app"), digest)
            self.registry.put(address, data=data, status=201, headers={
                "Content-Type": "application/octet-stream", "Content-Length": str(os.path.getsize(path))})


class WharfServer(Server):
    name = "Wharf"

    def __init__(self, folder, binary):
        super().__init__(folder)
        self.wharf = Wharf(binary, self.folder / "data")
        self.url, self.ready = self.wharf.url, self.wharf.url + "/v2/"

    def spawn(self):
        log = open(self.wharf.log_path, "ab")
        self.process = subprocess.Popen([self.wharf.binary, "serve", "--data", str(self.wharf.data), "--listen",
                                         self.wharf.host], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                        preexec_fn=die_with_parent)
        log.close()

    def prepare(self):
        self.wharf.process = self.process
        user = self.wharf.initialize("bench")
        self.registry = Registry(self.url, user.name, user.password)
        self.headers = {}

    def authorize(self):
        """A fresh token for the readers."""
        self.headers = {"Authorization": "Bearer " + self.registry.token("repository:bench/app:pull,push")}


class DockerRegistry(Server):
    name = "docker-registry"

    def __init__(self, folder):
        super().__init__(folder)
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.ready = self.url + "/v2/"
        # Debian's file with another folder and address, and without its htpasswd: its readers need no token.
        (self.folder / "config.yml").write_text(json.dumps({
            "version": 0.1, "log": {"fields": {"service": "registry"}},
            "storage": {"cache": {"blobdescriptor": "inmemory"}, "delete": {"enabled": True},
                        "filesystem": {"rootdirectory": str(self.folder / "data")}},
            "http": {"addr": f"127.0.0.1:{port}", "headers": {"X-Content-Type-Options": ["nosniff"]}},
            "health": {"storagedriver": {"enabled": True, "interval": "10s", "threshold": 3}}}))

    def spawn(self):
        log = open(self.folder / "log", "ab")
        self.process = subprocess.Popen(["docker-registry", "serve", str(self.folder / "config.yml")],
                                        stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=die_with_parent)
        log.close()

    def prepare(self):
        self.registry = Registry(self.url)

    def authorize(self):
        pass


class Nginx(Server):
    """Static files under the same paths: what the machine can do when there is nothing to decide."""
    name = "nginx"
    writes = False

    def __init__(self, folder):
        super().__init__(folder)
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.ready = self.url + "/v2/"
        self.root = self.folder / "root"
        (self.root / "v2").mkdir(parents=True)
        (self.root / "v2/index.html").write_text("true")
        os.chmod(folder, 0o755)
        temporary = "\n".join(f"{kind}_temp_path {self.folder}/{kind};"
                              for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        user = "user root;" if os.geteuid() == 0 else ""
        (self.folder / "nginx.conf").write_text(f"""
{user}
daemon off;
worker_processes {os.cpu_count()};
worker_rlimit_nofile 4096;
pid {self.folder}/pid;
error_log {self.folder}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log {self.folder}/access.log;
  {temporary}
  sendfile on;
  tcp_nopush on;
  keepalive_requests 100000000;
  default_type application/octet-stream;
  server {{ listen 127.0.0.1:{port}; root {self.root}; }}
}}
""")

    def spawn(self):
        self.process = subprocess.Popen(["nginx", "-c", str(self.folder / "nginx.conf"), "-e",
                                         str(self.folder / "error.log")], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        preexec_fn=die_with_parent)

    def prepare(self):
        self.registry = None

    def authorize(self):
        pass

    def put_file(self, path, digest):
        target = self.root / "v2/bench/app/blobs" / digest
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)

    def put_manifest(self, tag, body):
        target = self.root / "v2/bench/app/manifests" / tag
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(body)
