"""HAProxy with the configuration of deploy/ before nodes on loopback: every request goes to another node."""
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time

from .process import die_with_parent, free_port, run, stop

CONFIGURATION = pathlib.Path(__file__).resolve().parent.parent.parent / "deploy/haproxy/haproxy.cfg"


def certificate(folder):
    """Makes a certificate for 127.0.0.1; returns the files (for clients, for HAProxy)."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    public, key, both = folder / "tls.crt", folder / "tls.key", folder / "tls.pem"
    run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", public])
    both.write_text(public.read_text() + key.read_text())
    return public, both


class Haproxy:
    """A HAProxy with a configuration file that takes its addresses from the environment: `port` is where it listens."""

    def __init__(self, configuration, env):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="wharf-proxy-", dir="/tmp"))
        self.port, self.configuration, self.process = free_port(), configuration, None
        self.env = {**os.environ, "HTTP_BIND": f"127.0.0.1:{self.port}", **env}

    def check(self):
        """What `haproxy -c` says of the configuration: it must be valid."""
        return run(["haproxy", "-c", "-f", self.configuration], env=self.env)

    def start(self):
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(["haproxy", "-db", "-f", str(self.configuration)], stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, env=self.env, preexec_fn=die_with_parent)
        deadline = time.monotonic() + 30
        while True:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=5):
                    return self
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise AssertionError(f"HAProxy did not start:\n{self.log()}") from None
            time.sleep(0.02)

    def log(self):
        path = self.folder / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def remove(self):
        if self.process:
            stop(self.process)
            self.process = None
        shutil.rmtree(self.folder, ignore_errors=True)


class Proxy(Haproxy):
    """What deploy/ has, over three `hosts` (HOST:PORT; fewer are repeated). `settings` are what the nodes need to
    believe it."""

    settings = {"TRUSTED_PROXY_CIDR": ["127.0.0.1"]}

    def __init__(self, hosts):
        self.tls_port = free_port()
        hosts = [hosts[n % len(hosts)] for n in range(3)]
        super().__init__(CONFIGURATION, {"HTTPS_BIND": f"127.0.0.1:{self.tls_port}",
                                         **{f"NODE{n}": host for n, host in enumerate(hosts, 1)}})
        self.certificate, both = certificate(self.folder)
        self.env["CERTIFICATE"] = str(both)

    @property
    def host(self):
        return f"127.0.0.1:{self.port}"

    @property
    def url(self):
        return f"http://{self.host}"

    @property
    def tls_host(self):
        return f"127.0.0.1:{self.tls_port}"
