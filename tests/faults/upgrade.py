"""An upgrade under load: upgrade.py OLD [NEW]. Three nodes of the binary OLD on PostgreSQL behind HAProxy, replaced one by
one by NEW while clients push and pull; in between one of OLD is started again beside the newer schema. Then every push
that was answered 201 is pulled back, and the tally of tags is compared with the tags. Prints a row as faults.py does; exit
status 1 when something was lost or an answer was wrong.
"""
import argparse
import contextlib
import pathlib
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from harness.load import Load  # noqa: E402
from harness.postgres import Postgres  # noqa: E402
from harness.proxy import Proxy  # noqa: E402
from harness.server import Wharf  # noqa: E402

from faults import table  # noqa: E402

NODES = 3
TALLY = """SELECT count(*) FROM (
  SELECT repository_id, sum(tags) AS tags, sum(endless) AS endless FROM (
    SELECT repository_id, hour, tags, endless FROM tag_tally UNION ALL
    SELECT repository_id, hour, tags, endless FROM tag_tally_due) a WHERE hour = -1 GROUP BY repository_id) c
  JOIN (SELECT repository_id, count(*) AS tags, count(*) FILTER (WHERE end_ms = 9223372036854775807) AS endless
          FROM tag GROUP BY repository_id) t ON t.repository_id = c.repository_id
  WHERE c.tags <> t.tags OR c.endless <> t.endless"""


def upgrade(old, new, folder, stack, operations):
    primary = Postgres(settings="fsync = on\nsynchronous_commit = on\nfull_page_writes = on\n")
    stack.callback(primary.remove)
    primary.start()
    uri = primary.new_database()
    settings = {
        "DISTRIBUTED_STORAGE_CONFIG": {"default": ["LocalStorage", {"storage_path": str(folder / "blobs")}]},
        "SECRET_KEY": "a key that the nodes of a test share", "DATABASE_SECRET_KEY": "another one that they share",
        **Proxy.settings}
    nodes = [Wharf(old, folder / f"node{number}/data", database_uri=uri, settings=settings) for number in range(NODES)]
    for node in nodes:
        stack.callback(node.kill)
        node.start()
    admin = nodes[0].initialize()
    proxy = Proxy([node.host for node in nodes])
    stack.callback(proxy.remove)
    proxy.start()
    load = Load(proxy.url, admin).start()
    complaints = [] if load.wait(operations) else ["no operations before the upgrade"]
    began = time.monotonic()
    for number, node in enumerate(nodes):
        node.stop()
        node.binary = str(new)
        node.start()
        if number == 0:
            nodes[-1].stop()
            nodes[-1].start()
        if not load.wait(operations):
            complaints.append(f"no operations after node {number} was replaced")
    lasted = time.monotonic() - began
    load.stop()
    lost = load.check()
    if (differ := primary.sql(TALLY, uri)) != "0":
        complaints.append(f"the tally of {differ} repositories is not what their tags are")
    counts = load.counts
    row = [f"{NODES} nodes replaced one by one by those of a newer version", f"{lasted:.0f}", counts["pushes"],
           counts["pulls"], counts["sent"], counts["failed"], counts["retried"], counts["given_up"], len(load.wrong),
           len(lost), f"{load.longest_seconds:.1f} s"]
    return row, complaints + load.wrong + [f"lost: {entry}" for entry in lost]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old", type=pathlib.Path)
    parser.add_argument("new", type=pathlib.Path, nargs="?", default=HERE.parent.parent / "build/release/wharf")
    parser.add_argument("--operations", type=int, default=300, help="before, between and after")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="upgrade-") as folder, contextlib.ExitStack() as stack:
        row, complaints = upgrade(options.old.resolve(), options.new.resolve(), pathlib.Path(folder), stack,
                                  options.operations)
    print(table([row]))
    for complaint in complaints[:50]:
        print(f"upgrade: {complaint}", file=sys.stderr)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
