"""An OpenStack Swift of its own with its S3 API: one account, container and object server, and a proxy, on loopback.

As a program: `COMMAND…` or `--serve`, as object_store.main says. `--run KIND FOLDER` is one of its daemons, which finds
all of its configuration in FOLDER.
"""
import getpass
import pathlib
import sys

if __package__:
    from .object_store import ObjectStore, main
    from .process import free_port, run
else:
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
    from object_store import ObjectStore, main
    from process import free_port, run

_CLUSTER = """\
[swift-hash]
swift_hash_path_prefix = prefix
swift_hash_path_suffix = suffix
[storage-policy:0]
name = Policy-0
default = yes
"""
_SERVER = """\
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
workers = 0
user = {user}
swift_dir = {folder}
log_level = WARNING
log_address = {folder}/no-syslog
"""
_STORAGE = _SERVER + """\
devices = {folder}/devices
mount_check = false
disable_fallocate = true
fallocate_reserve = 0
[pipeline:main]
pipeline = {kind}-server
[app:{kind}-server]
use = egg:swift#{kind}
"""
_PROXY = _SERVER + """\
[pipeline:main]
pipeline = catch_errors gatekeeper cache listing_formats bulk s3api tempauth copy slo dlo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
conn_timeout = 1
node_timeout = 30
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:{memcached}
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:bulk]
use = egg:swift#bulk
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
s3_acl = false
allow_multipart_uploads = true
storage_domain = s3.localhost
max_upload_part_num = 10000
[filter:tempauth]
use = egg:swift#tempauth
user_wharf_wharf = {secret_key} .admin
[filter:copy]
use = egg:swift#copy
[filter:slo]
use = egg:swift#slo
max_manifest_segments = 10000
[filter:dlo]
use = egg:swift#dlo
"""
_RINGS = """\
import sys
from swift.common.ring import RingBuilder
folder, ports = sys.argv[1], sys.argv[2:]
for number, (kind, port) in enumerate(zip(("object", "container", "account"), ports)):
    builder = RingBuilder(6, 1, 0)
    builder.add_dev({"id": 0, "region": 1, "zone": 1, "ip": "127.0.0.1", "port": int(port), "device": "disk",
                     "replication_ip": "127.0.0.1", "replication_port": int(port), "weight": 1.0, "meta": ""})
    builder.rebalance()
    builder.get_ring().save(f"{folder}/{kind}.ring.gz")
"""
_KINDS = ("object", "container", "account")


class Swift(ObjectStore):
    """One cluster that keeps one copy on disk; its gateway is Swift's proxy server."""
    name, driver = "swift", "RadosGWStorage"
    access_key, secret_key = "wharf:wharf", "wharfsecretwharfsecret"

    @property
    def address(self):
        return super().address.replace(self.access_key, self.access_key.replace(":", "%3A"), 1)

    def _start(self):
        (self.folder / "devices/disk").mkdir(parents=True)
        (self.folder / "swift.conf").write_text(_CLUSTER)
        ports = [free_port() for _ in _KINDS]
        run(["/usr/bin/python3", "-c", _RINGS, self.folder, *ports])
        self.memcached = free_port()
        self._spawn("memcached", ["memcached", "-u", getpass.getuser(), "-l", "127.0.0.1", "-p", self.memcached,
                                  "-m", "16"])
        servers = {}
        for kind, port in zip(_KINDS, ports):
            servers[kind] = self._server(kind, port, _STORAGE), port
        for process, port in servers.values():
            self._until_answering(process, port, "/recon/version")
        self.start_gateway()

    def _gateway(self, gateway):
        return self._server("proxy", gateway.port, _PROXY)

    def _server(self, kind, port, text):
        (self.folder / f"{kind}-server.conf").write_text(text.format(
            kind=kind, port=port, folder=self.folder, user=getpass.getuser(), secret_key=self.secret_key,
            memcached=self.memcached))
        return self._spawn(kind, ["/usr/bin/python3", pathlib.Path(__file__).resolve(), "--run", kind, self.folder])


def serve(kind, folder):
    """One of Swift's daemons. Its own programs read /etc/swift alone, and come with services that start by themselves."""
    from swift.common.utils import set_swift_dir
    set_swift_dir(folder)
    from swift.common.wsgi import run_wsgi
    return run_wsgi(f"{folder}/{kind}-server.conf", f"{kind}-server")


if __name__ == "__main__":
    sys.exit(serve(*sys.argv[2:]) if sys.argv[1:2] == ["--run"] else main(Swift()))
