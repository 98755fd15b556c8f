"""Pushes and pulls through an address for as long as one likes, repeated as clients repeat them, and remembered: what
was answered 201 must be there afterwards, and no answer may be wrong."""
import collections
import hashlib
import json
import os
import random
import threading
import time
import urllib.parse

import requests

from .registry import MANIFEST_TYPES, OCI_CONFIG, OCI_LAYER, OCI_MANIFEST, Registry, descriptor, digest_of

MIB = 1 << 20
REPOSITORY = "admin/load"
PATIENCE_SECONDS = 180  # for one request with all that it is repeated
_PASSING = (408, 429, 500, 502, 503, 504, 507)


class GivenUp(Exception):
    """A request that was repeated for too long."""


class Wrong(Exception):
    """An answer that no fault excuses."""


class Load:
    """Workers that push and pull until `stop()`; then `check()` pulls everything back. `counts` has what happened:
    sent, failed (no answer, or one that asks to come again), retried, pushes, pulls, given_up."""

    def __init__(self, url, account, *, workers=6, large_share=0.05):
        self.url, self.account, self.large_share = url, account, large_share
        self.counts = collections.Counter()
        self.statuses = collections.Counter()  # of the failed ones
        self.wrong = []
        self.pushed = {}  # tag -> (digest of the manifest, digests of its blobs)
        self.longest_seconds = 0.0
        self._lock = threading.Lock()
        self._end = threading.Event()
        self._threads = [threading.Thread(target=self._work, args=(n,), daemon=True) for n in range(workers)]

    def start(self):
        for thread in self._threads:
            thread.start()
        return self

    def done(self):
        """Pushes and pulls that were answered so far."""
        return self.counts["pushes"] + self.counts["pulls"]

    def wait(self, more, seconds=PATIENCE_SECONDS):
        """Until `more` operations were answered from now on; says whether they were."""
        wanted, deadline = self.done() + more, time.monotonic() + seconds
        while self.done() < wanted and time.monotonic() < deadline:
            time.sleep(0.05)
        return self.done() >= wanted

    def stop(self):
        self._end.set()
        for thread in self._threads:
            thread.join()

    def check(self):
        """Pulls back all that was answered 201, and returns what is lost or has changed."""
        caller, lost = Caller(self, "check"), []
        for tag, (digest, blobs) in self.pushed.items():
            try:
                if caller.pull(tag) != (digest, blobs):
                    lost.append(f"{tag}: is not what was pushed")
            except (Wrong, GivenUp) as why:
                lost.append(f"{tag}: {why}")
        return lost

    def count(self, name, number=1):
        with self._lock:
            self.counts[name] += number

    def took(self, seconds):
        with self._lock:
            self.longest_seconds = max(self.longest_seconds, seconds)

    def _work(self, worker):
        caller, number = Caller(self, f"w{worker}"), 0
        while not self._end.is_set():
            try:
                number += 1
                caller.push(number, large=random.random() < self.large_share)
                for _ in range(3):
                    if self._end.is_set():
                        return
                    tag = random.choice(list(self.pushed))
                    pulled = caller.pull(tag)
                    if pulled != self.pushed[tag]:
                        raise Wrong(f"{tag} is {pulled}, not what was pushed: {self.pushed[tag]}")
            except GivenUp as why:
                self.count("given_up")
                self.wrong.append(f"given up: {why}")
            except Wrong as why:
                self.wrong.append(str(why))
            except Exception as why:  # noqa: BLE001: a worker that ends silently would hide what it met
                self.wrong.append(f"{type(why).__name__}: {why}")


class Caller:
    """One client: its connection, its token, its own tag that it moves with each push."""

    def __init__(self, load, name):
        self.load, self.name = load, name
        self.session = requests.Session()
        self.session.trust_env = False
        self.token = ""
        self.disturbed = False  # whether the last request needed more than one attempt

    def send(self, verb, path, *wanted, headers=None, **options):
        """One request, repeated while it fails, for PATIENCE_SECONDS; the answer has one of the `wanted` statuses."""
        url = urllib.parse.urljoin(self.load.url, path)
        began, pause, self.disturbed = time.monotonic(), 0.1, False
        while True:
            self.load.count("sent")
            try:
                answer = self.session.request(verb, url, timeout=60, allow_redirects=False, headers={
                    "Authorization": f"Bearer {self.token}", **(headers or {})}, **options)
                broken_off = verb != "HEAD" and len(answer.content) < int(answer.headers.get("Content-Length", 0))
                failed = answer.status_code in _PASSING or broken_off
                why = "a body that breaks off" if broken_off else answer.status_code  # requests lets that pass
            except (requests.RequestException, OSError) as error:
                failed, why = True, type(error).__name__
            if not failed:
                self.load.took(time.monotonic() - began)
                if answer.status_code not in wanted:
                    raise Wrong(f"{verb} {path} answered {answer.status_code} {answer.text[:300]}")
                return answer
            self.disturbed = True
            with self.load._lock:
                self.load.counts["failed"] += 1
                self.load.statuses[str(why)] += 1
            if time.monotonic() - began > PATIENCE_SECONDS:
                raise GivenUp(f"{verb} {path}: {why}")
            time.sleep(pause * random.uniform(0.5, 1.0))
            pause = min(pause * 2, 2.0)
            self.load.count("retried")

    def sign_in(self):
        if not self.token:
            basic = requests.auth.HTTPBasicAuth(self.load.account.name, self.load.account.password)
            answer = self.send("GET", "/v2/auth", 200, headers={"Authorization": None}, auth=basic, params={
                "service": self.load.url.split("://")[1], "scope": f"repository:{REPOSITORY}:pull,push"})
            self.token = answer.json()["token"]

    def push(self, number, *, large):
        self.sign_in()
        layer = os.urandom(9 * MIB + 1234 if large else random.randint(1_000, 200_000))
        config = json.dumps({"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": []},
                             "author": f"{self.name}-{number}-{os.urandom(6).hex()}"}).encode()
        for content in (layer, config):
            self.push_blob(content, chunks=3 if content is layer and number % 2 else 1)
        manifest = json.dumps({"schemaVersion": 2, "mediaType": OCI_MANIFEST, "config": descriptor(config, OCI_CONFIG),
                               "layers": [descriptor(layer, OCI_LAYER)]}).encode()
        digest, blobs = digest_of(manifest), [digest_of(config), digest_of(layer)]
        for tag in (f"{self.name}-{number}", f"latest-{self.name}"):
            self.send("PUT", f"/v2/{REPOSITORY}/manifests/{tag}", 201, data=manifest,
                      headers={"Content-Type": OCI_MANIFEST})
            if not tag.startswith("latest"):
                self.load.pushed[tag] = digest, blobs
        self.load.count("pushes")
        # Nobody else moves this tag: whichever node answers, it must say where it is now, or that it cannot know.
        seen = self.get_manifest(f"latest-{self.name}")
        if seen.content != manifest and "Warning" not in seen.headers:
            raise Wrong(f"latest-{self.name} was moved to {digest}, and is {digest_of(seen.content)}")

    def push_blob(self, content, *, chunks):
        """Begins anew where an upload is gone after a request that nobody knows the outcome of."""
        digest = digest_of(content)
        for _ in range(20):
            address = self.send("POST", f"/v2/{REPOSITORY}/blobs/uploads/", 202).headers["Location"]
            if chunks > 1:
                address = self.push_chunks(address, content, -(-len(content) // chunks))
            if address:
                rest = {} if chunks > 1 else {"data": content}
                answer = self.send("PUT", Registry.with_digest(address, digest), 201, 400, 404, 416, **rest,
                                   headers={"Content-Type": "application/octet-stream"})
                if answer.status_code == 201:
                    return
                if not self.disturbed:
                    raise Wrong(f"the end of an upload was answered {answer.status_code} {answer.text[:300]}")
        raise GivenUp("an upload that ended 20 times")

    def push_chunks(self, address, content, step):
        """The address after the last chunk; "" where the upload is gone, or not where it was left."""
        at = 0
        while at < len(content):
            chunk = content[at:at + step]
            answer = self.send("PATCH", address, 202, 404, 416, data=chunk, headers={
                "Content-Type": "application/octet-stream", "Content-Range": f"{at}-{at + len(chunk) - 1}"})
            if answer.status_code != 202:
                if not self.disturbed:
                    raise Wrong(f"a chunk was answered {answer.status_code} {answer.text[:300]}")
                state = self.send("GET", address, 204, 404)
                if state.status_code == 404:
                    return ""
                last = int(state.headers["Range"].split("-")[1])
                at = last + 1 if last else 0  # 0-0 is an upload without bytes
                continue
            address = answer.headers["Location"]
            at += len(chunk)
        return address

    def get_manifest(self, tag):
        self.sign_in()
        return self.send("GET", f"/v2/{REPOSITORY}/manifests/{tag}", 200, headers={"Accept": MANIFEST_TYPES})

    def pull(self, tag):
        """(digest of the manifest, digests of the blobs), of the bytes as they came."""
        body = self.get_manifest(tag).content
        entries = json.loads(body)
        blobs = []
        for entry in (entries["config"], *entries["layers"]):
            answer = self.send("GET", f"/v2/{REPOSITORY}/blobs/{entry['digest']}", 200)
            blobs.append("sha256:" + hashlib.sha256(answer.content).hexdigest())
        self.load.count("pulls")
        return digest_of(body), blobs
