"""`wharf migrate-storage`, from a folder to a folder and to Ceph: how long, how fast, with how much memory.

`over` gives rows (title, unit, value). Alone: moves.py WHARF [FOLDER].
"""
import contextlib
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))

from harness.ceph import Ceph  # noqa: E402
from harness.process import die_with_parent  # noqa: E402
from harness.registry import Registry  # noqa: E402
from harness.server import Wharf  # noqa: E402

MIB = 1 << 20
SMALL, LARGE = 300, 4  # blobs of 1 MiB and of 181 MiB: 1 GiB together
LARGE_MIB = 181


class Moves:
    def __init__(self, folder, binary, *, rounds=3, large_mib=LARGE_MIB):
        self.folder = pathlib.Path(folder).resolve() / "moves"
        self.binary, self.rounds, self.large_mib = binary, rounds, large_mib

    def over(self):
        self.folder.mkdir(parents=True)
        with contextlib.ExitStack() as stack:
            stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
            ceph = Ceph(store="bluestore", folder=self.folder)
            stack.callback(ceph.remove)
            ceph.start()
            self.fill(stack)
            places = {"a folder": lambda n: ["LocalStorage", {"storage_path": str(self.folder / f"new{n}")}],
                      "Ceph with an OSD on disk": lambda n: ceph.storage(f"/moves{n}")["default"]}
            samples = {}
            for round_ in range(self.rounds):
                for words, place in places.items():
                    samples.setdefault(words, []).append(self.move(place(round_)))
        mib = SMALL + LARGE * self.large_mib
        for words, taken in samples.items():
            seconds, memory, processor = (statistics.median(sample) for sample in zip(*taken))
            yield f"{mib:,} MiB in {SMALL + LARGE} blobs from a folder to {words}", "s", seconds
            yield "the same: MiB a second", "MiB/s", mib / seconds
            yield "the same: time on processors of `wharf migrate-storage`", "s", processor
            yield "the same: its memory at its peak", "MiB", memory

    def fill(self, stack):
        self.old = ["LocalStorage", {"storage_path": str(self.folder / "old")}]
        self.server = Wharf(self.binary, self.folder / "data", settings={
            "DISTRIBUTED_STORAGE_CONFIG": {"old": self.old}})
        stack.callback(self.server.kill)
        self.server.start()
        admin = self.server.initialize("bench")
        registry = Registry(self.server.url, admin.name, admin.password)
        for _ in range(SMALL):
            registry.push_blob("bench/app", os.urandom(MIB))
        for _ in range(LARGE):
            registry.push_blob("bench/app", os.urandom(self.large_mib * MIB))
        self.server.stop()
        shutil.copytree(self.server.data, self.folder / "kept")

    def move(self, place):
        """Seconds, peak MiB and processor seconds of a move to `place` of what `fill` made."""
        shutil.rmtree(self.server.data)
        shutil.copytree(self.folder / "kept", self.server.data)
        (self.server.data / "config.yaml").write_text(json.dumps({
            "DISTRIBUTED_STORAGE_CONFIG": {"old": self.old, "new": place}, "DISTRIBUTED_STORAGE_PREFERENCE": ["new"]}))
        os.sync()
        began = time.perf_counter()
        process = subprocess.Popen([self.binary, "migrate-storage", "--to", "new", "--json", "--data",
                                    str(self.server.data)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                   preexec_fn=die_with_parent)
        out = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        done = json.loads(out)
        if process.returncode or done["moved"] != SMALL + LARGE or done["failed"]:
            raise SystemExit(f"bench: migrate-storage: {process.returncode} {out}")
        return seconds, used.ru_maxrss / 1024, used.ru_utime + used.ru_stime


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="moves-", dir=sys.argv[2] if len(sys.argv) > 2 else None) as base:
        for row in Moves(base, str(pathlib.Path(sys.argv[1]).resolve())).over():
            print("| {} | {} | {:,.4g} |".format(*row), flush=True)
