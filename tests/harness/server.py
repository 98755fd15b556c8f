"""Wharf as a process of its own: started on a free loopback port with a data folder, driven, stopped."""
import dataclasses
import json
import os
import pathlib
import signal
import subprocess
import time

import requests

from .api import Api
from .process import die_with_parent, free_port, run, stop

PASSWORD = "correct-horse-battery"


@dataclasses.dataclass(frozen=True)
class Account:
    """Somebody who may log in: `name` and `password` for clients, `token` for the API (empty for robots)."""
    name: str
    password: str
    token: str = ""


class Wharf:
    """One server. `settings` are configuration keys as in a config file; `database_uri` is empty for SQLite."""

    def __init__(self, binary, data, *, database_uri="", settings=None):
        self.binary = str(binary)
        self.data = pathlib.Path(data)
        self.data.mkdir(parents=True, exist_ok=True)
        self.log_path = self.data.with_name(self.data.name + ".log")
        self.port = free_port()
        self.process = None
        self.admin = None
        self.objects = None  # an ObjectStore and the path of the blobs in it, where they are not in the data folder
        settings = dict(settings or {})
        # With TLS: what clients are to trust.
        self.certificate = self.data / "keys/tls.crt" if settings.get("TLS_SELF_SIGNED") else None
        if database_uri:
            settings["DB_URI"] = database_uri
        if settings:
            (self.data / "config.yaml").write_text(json.dumps(settings))  # JSON is YAML
        # The caller's own settings must not reach the server.
        self.env = {name: value for name, value in os.environ.items() if not name.startswith("WHARF_")}

    @property
    def host(self):
        """host:port, as clients write it in an image's name."""
        return f"127.0.0.1:{self.port}"

    @property
    def url(self):
        return f"{'https' if self.certificate else 'http'}://{self.host}"

    @property
    def verify(self):
        """What requests checks the server's certificate with."""
        return str(self.certificate) if self.certificate and self.certificate.exists() else True

    def start(self, *, wait_seconds=60):
        log = open(self.log_path, "ab")
        self.process = subprocess.Popen([self.binary, "serve", "--data", str(self.data), "--listen", self.host],
                                        stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.env,
                                        preexec_fn=die_with_parent)
        log.close()
        deadline = time.monotonic() + wait_seconds
        while True:
            try:
                if requests.get(self.url + "/health/instance", timeout=5, verify=self.verify).status_code == 200:
                    return self
            except (requests.RequestException, OSError):
                pass
            if self.process.poll() is not None:
                raise AssertionError(f"wharf ended at once with {self.process.returncode}:\n{self.log_tail()}")
            if time.monotonic() > deadline:
                self.kill()
                raise AssertionError(f"wharf was not ready after {wait_seconds} s:\n{self.log_tail()}")
            time.sleep(0.02)

    def stored_bytes(self):
        """How many bytes there are of blobs and uploads, as far as a listing shows."""
        if self.objects:
            store, path = self.objects
            return sum(store.blobs(path).values())
        return sum(file.stat().st_size for name in ("blobs/sha256", "uploads") for file in (self.data / name).rglob("*")
                   if file.is_file())

    def stop(self):
        """SIGTERM; the server must end by itself within 15 s and with status 0."""
        if self.process is None:
            return
        status, self.process = stop(self.process), None
        assert status is not None, f"wharf did not end within 15 s of SIGTERM:\n{self.log_tail()}"
        assert status == 0, f"wharf ended with {status} on SIGTERM:\n{self.log_tail()}"

    def kill(self):
        """SIGKILL, as a power cut would."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    def log_tail(self, characters=4000):
        return self.log_path.read_text(errors="replace")[-characters:] if self.log_path.exists() else ""

    def cli(self, *arguments, input=None, check=True):
        """`wharf ARGUMENTS… --data …`, beside the running server or without it."""
        return run([self.binary, *arguments, "--data", self.data], env=self.env, input=input, check=check)

    def initialize(self, name="admin"):
        """Makes the first user through the API and remembers it as `admin`."""
        answer = requests.post(self.url + "/api/v1/user/initialize", timeout=30, verify=self.verify, json={
            "username": name, "password": PASSWORD, "email": f"{name}@example.com", "access_token": True})
        assert answer.status_code == 200, f"{answer.status_code} {answer.text}"
        self.admin = Account(name, PASSWORD, answer.json()["access_token"])
        return self.admin

    def user(self, name, *, scope="", superuser=False):
        """Makes a user and a token for it; `scope` as in OAuth, all of them when empty."""
        self.cli("user", "create", name, "--password-stdin", "--email", f"{name}@example.com",
                 *(["--superuser"] if superuser else []), input=PASSWORD + "\n")
        return Account(name, PASSWORD, self.token(name, scope))

    def token(self, name, scope=""):
        """A new API token of the user `name`."""
        made = self.cli("token", "create", "--user", name, *(["--scope", scope] if scope else []))
        return made.stdout.strip().splitlines()[-1].strip()

    def api(self, who=None):
        """The API as the account `who`; anonymous without one."""
        return Api(self.url, who.token if who else "")

    def resident_kib(self, key="VmRSS"):
        """A line of /proc/PID/status in KiB: VmRSS now, VmHWM at its peak."""
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(key + ":"):
                return int(line.split()[1])
        raise AssertionError(f"no {key} for the server")

    def open_files(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))


class Elsewhere:
    """A registry that runs already (`--target URL`), for a dry run of the protocol tests; it has no API."""

    def __init__(self, url):
        self.url = url.rstrip("/")
        self.host = self.url.split("://", 1)[1]
        self.admin = Account("admin", PASSWORD)

    def user(self, name, **_):
        return Account(name, PASSWORD)
