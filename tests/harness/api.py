"""The /api/v1 client of the tests: every answer is held against the OpenAPI document that the server serves."""
import functools
import re
from urllib.parse import urlsplit

import jsonschema
import requests


@functools.lru_cache(maxsize=None)
def document(url):
    """The server's OpenAPI document, read once."""
    answer = requests.get(url + "/openapi.json", timeout=30)
    assert answer.status_code == 200, f"/openapi.json answered {answer.status_code}"
    return Document(answer.json())


class Document:
    """An OpenAPI 3.1 document that can say which operation a request is and whether an answer fits it."""

    def __init__(self, content):
        self.content = content
        self.resolver = jsonschema.RefResolver.from_schema(content)
        servers = content.get("servers") or [{"url": ""}]
        base = urlsplit(servers[0]["url"]).path.rstrip("/")
        self.operations = []
        for template, item in content["paths"].items():
            full = template if template.startswith(("/api/", "/v2/")) else base + template
            # A repository's name holds slashes; every other parameter is one segment.
            pattern = re.sub(r"\\\{(\w+)\\\}", lambda m: ".+" if m[1] == "repository" else "[^/]+",
                             re.escape(full.rstrip("/")))
            literal = len(re.sub(r"\{\w+\}", "", full))
            for verb, operation in item.items():
                if verb in ("get", "put", "post", "delete", "patch", "head"):
                    self.operations.append((literal, verb.upper(), re.compile(pattern + "/?$"), operation))
        self.operations.sort(key=lambda entry: -entry[0])  # the longest fixed text wins

    def operation(self, verb, path):
        for _, its_verb, pattern, operation in self.operations:
            if its_verb == verb and pattern.match(path):
                return operation
        return None

    def resolve(self, node):
        while isinstance(node, dict) and "$ref" in node:
            node = self.resolver.resolve(node["$ref"])[1]
        return node

    def check(self, answer):
        """Asserts that status and body of `answer` (a requests.Response) are documented."""
        verb, path = answer.request.method, urlsplit(answer.request.url).path
        operation = self.operation(verb, path)
        if operation is None:
            assert answer.status_code in (404, 405), f"{verb} {path} answered {answer.status_code}: not documented"
            return
        name = operation.get("operationId", f"{verb} {path}")
        status = str(answer.status_code)
        responses = operation["responses"]
        documented = responses.get(status) or responses.get(status[0] + "XX") or responses.get("default")
        assert documented is not None, f"{name} answered {status}, documented are {sorted(responses)}: {answer.text}"
        if "json" not in answer.headers.get("Content-Type", "") or not answer.content:
            return
        content = self.resolve(documented).get("content", {}).get("application/json")
        assert content is not None or not answer.ok, f"{name} {status} has a JSON body that is not documented"
        if content and "schema" in content:
            validator = jsonschema.Draft202012Validator(content["schema"], resolver=self.resolver)
            errors = [f"{'/'.join(map(str, e.absolute_path)) or '(root)'}: {e.message}"
                      for e in validator.iter_errors(answer.json())]
            assert not errors, f"{name} {status} does not fit its schema: {errors[:5]}\n{answer.text[:2000]}"


class Api:
    """Requests as one caller. Each method returns the requests.Response; give `status` to demand one."""

    def __init__(self, url, token=""):
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False
        if token:
            self.session.headers["Authorization"] = f"Bearer {token}"

    def request(self, verb, path, *, status=None, **options):
        answer = self.session.request(verb, self.url + "/api/v1" + path, timeout=60, allow_redirects=False, **options)
        document(self.url).check(answer)
        if status is not None:
            assert answer.status_code == status, f"{verb} {path}: {answer.status_code} {answer.text}"
        return answer

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def put(self, path, **options):
        return self.request("PUT", path, **options)

    def post(self, path, **options):
        return self.request("POST", path, **options)

    def delete(self, path, **options):
        return self.request("DELETE", path, **options)
