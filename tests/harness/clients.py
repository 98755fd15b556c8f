"""Real clients, each with its own credentials, storage and temporary folders, so that none meets the machine's."""
import base64
import json
import os
import pathlib
import subprocess
import time

from .process import die_with_parent, run, stop


def _auth_file(path, host, name, password):
    """A file as `login` writes it; with no name, one that knows nobody."""
    auths = {host: {"auth": base64.b64encode(f"{name}:{password}".encode()).decode()}} if name else {}
    path.write_text(json.dumps({"auths": auths}))
    return path


class _Client:
    """A folder, an environment and the credentials of `who` (an Account, or None) for the registry at `host`."""

    def __init__(self, folder, host, who=None):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.host = host
        self.auth = _auth_file(self.folder / "auth.json", host, who.name if who else "", who.password if who else "")
        registries = self.folder / "registries.conf"
        registries.write_text(
            f'unqualified-search-registries = []\n[[registry]]\nlocation = "{host}"\ninsecure = true\n')
        policy = self.folder / "policy.json"
        policy.write_text('{"default": [{"type": "insecureAcceptAnything"}]}')
        for name in ("run", "tmp"):
            (self.folder / name).mkdir(exist_ok=True)
        self.env = {
            **os.environ, "HOME": str(self.folder), "XDG_RUNTIME_DIR": str(self.folder / "run"),
            "TMPDIR": str(self.folder / "tmp"), "REGISTRY_AUTH_FILE": str(self.auth), "LANG": "C.UTF-8",
            "CONTAINERS_REGISTRIES_CONF": str(registries), "no_proxy": "127.0.0.1"}
        self.policy = policy


class Skopeo(_Client):
    def __call__(self, *arguments, check=True, timeout=300):
        return run(["skopeo", "--policy", self.policy, "--tmpdir", self.folder / "tmp", *arguments],
                   env=self.env, check=check, timeout=timeout)

    def copy(self, source, target, *options, check=True):
        return self("copy", "-q", "--src-tls-verify=false", "--dest-tls-verify=false", *options, source, target,
                    check=check)

    def digest(self, image):
        """The digest of what `image` names, as the registry gives it."""
        return self("inspect", "--tls-verify=false", "--format", "{{.Digest}}", image).stdout.strip()

    def raw(self, image):
        return json.loads(self("inspect", "--raw", "--tls-verify=false", image).stdout)


class _Storage(_Client):
    """podman and buildah share their options for storage."""
    program = ""
    extra = ()

    def __call__(self, *arguments, check=True, input=None, timeout=600):
        storage = ["--root", self.folder / "root", "--runroot", self.folder / "run/root", "--storage-driver", "vfs"]
        return run([self.program, *storage, *self.extra, *arguments], env=self.env, input=input, check=check,
                   timeout=timeout)


class Podman(_Storage):
    program = "podman"
    extra = ("--cgroup-manager", "cgroupfs", "--events-backend", "none")


class Buildah(_Storage):
    program = "buildah"


class _Daemon:
    """A daemon of the test's own, ended with it."""

    def _start(self, folder, arguments, ready, what):
        self.log = folder / "log"
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([str(a) for a in arguments], stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, preexec_fn=die_with_parent,
                                            env={**os.environ, "TMPDIR": str(folder)})
        deadline = time.monotonic() + 60
        while not ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise AssertionError(f"{what} did not start:\n{self.log.read_text(errors='replace')[-3000:]}")
            time.sleep(0.1)

    def stop(self):
        stop(self.process, grace_seconds=30)


class Containerd(_Daemon):
    """containerd without the Kubernetes plugin; `ctr` is how it is asked."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.socket = self.folder / "socket"
        config = self.folder / "config.toml"
        config.write_text(f'version = 2\nroot = "{self.folder}/root"\nstate = "{self.folder}/state"\n'
                          f'disabled_plugins = ["io.containerd.grpc.v1.cri"]\n[grpc]\n  address = "{self.socket}"\n')
        self._start(self.folder, ["containerd", "--config", config],
                    lambda: self("version", check=False).returncode == 0, "containerd")

    def __call__(self, *arguments, check=True):
        return run(["ctr", "--address", self.socket, *arguments], check=check)


class Docker(_Daemon):
    """dockerd without networks of its own."""

    def __init__(self, folder, host):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.address = f"unix://{self.folder}/socket"
        self.env = {**os.environ, "DOCKER_CONFIG": str(self.folder / "config"), "DOCKER_HOST": self.address,
                    "HOME": str(self.folder)}
        self._start(self.folder, [
            "dockerd", "--data-root", self.folder / "root", "--exec-root", self.folder / "exec",
            "--pidfile", self.folder / "pid", "-H", self.address, "--bridge=none", "--iptables=false",
            "--ip6tables=false", "--insecure-registry", host,
        ], lambda: self("version", check=False).returncode == 0, "dockerd")

    def __call__(self, *arguments, check=True, input=None):
        return run(["docker", *arguments], env=self.env, check=check, input=input, timeout=600)


def why_no_containers():
    """Why this machine cannot run a container daemon, or nothing when it can: root, mounts and cgroups are needed."""
    if os.geteuid() != 0:
        return "container daemons need root"
    probe = run(["unshare", "--mount", "sh", "-c", "mount -t tmpfs none /mnt"], check=False)
    if probe.returncode != 0:
        return f"mounting is not allowed here: {probe.stderr.strip()}"
    if not any(line.split()[2].startswith("cgroup") for line in pathlib.Path("/proc/mounts").read_text().splitlines()):
        return "no cgroup file system is mounted"
    return ""
