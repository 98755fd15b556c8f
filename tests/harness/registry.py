"""Raw HTTP to /v2 as one caller, with the token dance done when the registry asks for it."""
import hashlib
import json
import re
from urllib.parse import urljoin

import requests

OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_CONFIG = "application/vnd.oci.image.config.v1+json"
OCI_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
OCI_EMPTY = "application/vnd.oci.empty.v1+json"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json"
DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"
MANIFEST_TYPES = ", ".join((OCI_MANIFEST, OCI_INDEX, DOCKER_MANIFEST, DOCKER_LIST))


def digest_of(data, algorithm="sha256"):
    return f"{algorithm}:{hashlib.new(algorithm, data).hexdigest()}"


def descriptor(content, media_type, **more):
    return {"mediaType": media_type, "digest": digest_of(content), "size": len(content), **more}


class Registry:
    """Requests to `url`; `name` and `password` answer a Bearer challenge (anonymous when empty).

    Paths are as in the specification, after /v2: "/acme/app/tags/list". A Location may be given whole.
    """

    def __init__(self, url, name="", password=""):
        self.url = url.rstrip("/")
        self.name, self.password = name, password
        self.session = requests.Session()
        self.session.trust_env = False
        self.tokens = {}

    def _address(self, path):
        return path if path.startswith("http") else self.url + ("" if path.startswith("/v2/") else "/v2") + path

    def token(self, *scopes, status=200):
        """A registry token for `scopes`, straight from /v2/auth."""
        answer = self.session.get(self.url + "/v2/auth", timeout=60,
                                  params=[("service", self.url.split("://")[1]), *(("scope", s) for s in scopes)],
                                  auth=(self.name, self.password) if self.name else None)
        assert answer.status_code == status, f"/v2/auth {scopes}: {answer.status_code} {answer.text}"
        return answer.json()["token"] if status == 200 else ""

    def _answer_challenge(self, challenge, also):
        fields = dict(re.findall(r'(\w+)="([^"]*)"', challenge))
        parameters = [(key, fields[key]) for key in ("service", "scope") if key in fields]
        parameters += [("scope", scope) for scope in also]
        answer = self.session.get(fields["realm"], params=parameters, timeout=60,
                                  auth=(self.name, self.password) if self.name else None)
        return answer.json().get("token") if answer.status_code == 200 else None

    def request(self, verb, path, *, status=None, headers=None, also=(), repeat=None, **options):
        """One request. `also` are scopes to ask for beside the challenge's.

        A body that can be read once only needs `repeat`, which makes it again after a 401.
        """
        address = self._address(path)
        repository = re.match(r"/v2/(.+?)/(?:blobs|manifests|tags|referrers)/", address[len(self.url):])
        key = (repository[1] if repository else "", verb in ("GET", "HEAD"), *also)
        headers = dict(headers or {})
        options.setdefault("timeout", 300)
        for attempt in (1, 2):
            if key in self.tokens:
                headers["Authorization"] = f"Bearer {self.tokens[key]}"
            answer = self.session.request(verb, address, headers=headers, allow_redirects=False, **options)
            challenge = answer.headers.get("WWW-Authenticate", "")
            if attempt == 2 or answer.status_code != 401 or not challenge.startswith("Bearer "):
                break
            token = self._answer_challenge(challenge, also)
            if not token:
                break
            self.tokens[key] = token
            if repeat:
                options["data"] = repeat()
        if status is not None:
            wanted = status if isinstance(status, tuple) else (status,)
            assert answer.status_code in wanted, f"{verb} {path}: {answer.status_code} {answer.text[:2000]}"
        return answer

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def head(self, path, **options):
        return self.request("HEAD", path, **options)

    def put(self, path, **options):
        return self.request("PUT", path, **options)

    def post(self, path, **options):
        return self.request("POST", path, **options)

    def patch(self, path, **options):
        return self.request("PATCH", path, **options)

    def delete(self, path, **options):
        return self.request("DELETE", path, **options)

    # Longer steps.

    def start_upload(self, repository, **options):
        """Opens an upload and returns its address."""
        answer = self.post(f"/{repository}/blobs/uploads/", status=202, **options)
        return self.location(answer)

    def location(self, answer):
        assert "Location" in answer.headers, f"no Location: {answer.headers}"
        return urljoin(answer.request.url, answer.headers["Location"])

    @staticmethod
    def with_digest(address, digest):
        return f"{address}{'&' if '?' in address else '?'}digest={digest.replace(':', '%3A')}"

    def push_blob(self, repository, data, digest=None):
        """POST, then PUT with the whole body. Returns the digest."""
        digest = digest or digest_of(data)
        self.put(self.with_digest(self.start_upload(repository), digest), data=data, status=201,
                 headers={"Content-Type": "application/octet-stream"})
        return digest

    def push_manifest(self, repository, reference, manifest, media_type=None, status=201):
        """`manifest` is bytes, or a dict to be serialized. Returns (digest, answer)."""
        body = manifest if isinstance(manifest, bytes) else json.dumps(manifest, indent=2).encode()
        media_type = media_type or json.loads(body)["mediaType"]
        digest = digest_of(body)
        answer = self.put(f"/{repository}/manifests/{reference or digest}", data=body, status=status,
                          headers={"Content-Type": media_type})
        return digest, answer

    def push_image(self, repository, reference, content=b"", **more):
        """An image with one layer made from `content`, and `more` manifest fields. Returns (digest, manifest)."""
        layer = b"layer " + content
        config = json.dumps({"architecture": "amd64", "os": "linux", "config": {},
                             "rootfs": {"type": "layers", "diff_ids": [digest_of(layer)]},
                             "history": [{"created_by": content.hex()}]}).encode()
        for blob in (layer, config):
            self.push_blob(repository, blob)
        manifest = {"schemaVersion": 2, "mediaType": OCI_MANIFEST, "config": descriptor(config, OCI_CONFIG),
                    "layers": [descriptor(layer, OCI_LAYER)], **more}
        digest, _ = self.push_manifest(repository, reference, manifest)
        return digest, manifest

    def manifest(self, repository, reference, **options):
        return self.get(f"/{repository}/manifests/{reference}", headers={"Accept": MANIFEST_TYPES}, **options)


def error_codes(answer):
    """The codes of an answer in the registry's error form."""
    body = answer.json()
    assert isinstance(body.get("errors"), list) and body["errors"], f"no errors: {answer.text}"
    for error in body["errors"]:
        assert re.fullmatch(r"[A-Z_]+", error["code"]), error
        assert isinstance(error.get("message", ""), str), error
    return [error["code"] for error in body["errors"]]
