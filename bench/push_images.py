"""Pushes COUNT small images to URL over WORKERS kept connections: config, layer and manifest each, as a client does.

usage: push_images.py URL REPOSITORY PREFIX COUNT WORKERS [TOKEN]; prints the seconds it took.
"""
import hashlib
import http.client
import json
import multiprocessing
import sys
import time
from urllib.parse import urlsplit

MANIFEST = "application/vnd.oci.image.manifest.v1+json"


class Client:
    def __init__(self, url, repository, token):
        parts = urlsplit(url)
        self.connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=120)
        self.base = f"/v2/{repository}"
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def request(self, verb, path, wanted, body=b"", kind="application/octet-stream"):
        self.connection.request(verb, path, body, {**self.headers, "Content-Type": kind})
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status != wanted:
            raise SystemExit(f"{verb} {path}: {answer.status} {text[:500]}")
        return answer

    def blob(self, data, media_type):
        digest = "sha256:" + hashlib.sha256(data).hexdigest()
        answer = self.request("POST", f"{self.base}/blobs/uploads/", 202)
        where = urlsplit(answer.headers["Location"])
        query = f"{where.query}&digest={digest}" if where.query else f"digest={digest}"
        self.request("PUT", f"{where.path}?{query}", 201, data)
        return {"mediaType": media_type, "digest": digest, "size": len(data)}

    def image(self, name):
        layer = f"layer of {name} ".encode() * 100
        config = json.dumps({"architecture": "amd64", "os": "linux", "config": {"Labels": {"name": name}},
                             "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(layer).hexdigest()]},
                             "history": [{"created_by": name}]}).encode()
        manifest = {"schemaVersion": 2, "mediaType": MANIFEST,
                    "config": self.blob(config, "application/vnd.oci.image.config.v1+json"),
                    "layers": [self.blob(layer, "application/vnd.oci.image.layer.v1.tar")]}
        self.request("PUT", f"{self.base}/manifests/{name}", 201, json.dumps(manifest).encode(), MANIFEST)


def work(arguments):
    url, repository, token, names = arguments
    client = Client(url, repository, token)
    for name in names:
        client.image(name)


def main():
    url, repository, prefix, count, workers = sys.argv[1:6]
    token = sys.argv[6] if len(sys.argv) > 6 else ""
    names = [f"{prefix}-{n}" for n in range(int(count))]
    workers = int(workers)
    with multiprocessing.Pool(workers) as pool:
        pool.map(abs, range(workers))  # the processes are there before the clock runs
        began = time.perf_counter()
        pool.map(work, [(url, repository, token, names[n::workers]) for n in range(workers)], chunksize=1)
        print(f"{time.perf_counter() - began:.4f}")


if __name__ == "__main__":
    main()
