"""Pull: "Pulling manifests", "Pulling blobs", "Checking if content exists in the registry"."""
import hashlib

import pytest

from harness.registry import MANIFEST_TYPES, OCI_INDEX, OCI_MANIFEST, digest_of, error_codes

UNKNOWN = "sha256:" + "0" * 64


def test_the_v2_endpoint_answers_200(oci):
    assert oci.get("/", status=200).url.endswith("/v2/")


@pytest.mark.parametrize("reference", ["tag", "digest"])
def test_a_manifest_get_must_answer_200_with_the_bytes_pushed(oci, repo, reference):
    body = b'{ "schemaVersion": 2,\n\t"mediaType": "%s", "manifests": [ ],  "x-own": [1.50, "\\u00e9"] }\n' \
        % OCI_INDEX.encode()
    digest, _ = oci.push_manifest(repo, "odd", body)
    answer = oci.manifest(repo, "odd" if reference == "tag" else digest, status=200)
    assert answer.content == body
    assert answer.headers["Content-Length"] == str(len(body))


def test_the_content_type_must_be_the_manifests_media_type(oci, repo, image):
    assert oci.manifest(repo, "v1", status=200).headers["Content-Type"] == OCI_MANIFEST


def test_the_media_type_in_the_body_must_match_the_content_type(oci, repo, image):
    answer = oci.manifest(repo, image[0], status=200)
    assert answer.json()["mediaType"] == answer.headers["Content-Type"]


@pytest.mark.parametrize("reference", ["tag", "digest"])
def test_docker_content_digest_must_match_the_body(oci, repo, image, reference):
    answer = oci.manifest(repo, "v1" if reference == "tag" else image[0], status=200)
    assert answer.headers["Docker-Content-Digest"] == image[0] == digest_of(answer.content)


@pytest.mark.parametrize("reference", ["nosuchtag", UNKNOWN, "sha512:" + "0" * 128])
@pytest.mark.parametrize("verb", ["GET", "HEAD"])
def test_a_manifest_that_is_not_there_must_answer_404(oci, repo, image, verb, reference):
    answer = oci.request(verb, f"/{repo}/manifests/{reference}", headers={"Accept": MANIFEST_TYPES}, status=404)
    if verb == "GET":
        assert error_codes(answer) == ["MANIFEST_UNKNOWN"]
    else:
        assert answer.content == b""


@pytest.mark.parametrize("reference", ["tag", "digest"])
def test_a_head_of_a_manifest_must_answer_200_with_its_length(oci, repo, image, reference):
    reference = "v1" if reference == "tag" else image[0]
    head = oci.head(f"/{repo}/manifests/{reference}", headers={"Accept": MANIFEST_TYPES}, status=200)
    get = oci.manifest(repo, reference, status=200)
    assert head.content == b""
    for name in ("Content-Length", "Content-Type", "Docker-Content-Digest"):
        assert head.headers[name] == get.headers[name]


@pytest.mark.parametrize("size", [0, 1, 65_537, 3_000_000])
def test_a_blob_get_must_answer_200_with_the_bytes_pushed(oci, repo, size):
    data = hashlib.shake_128(b"%d" % size).digest(size)
    digest = oci.push_blob(repo, data)
    answer = oci.get(f"/{repo}/blobs/{digest}", status=200)
    assert answer.content == data
    assert answer.headers["Content-Length"] == str(size)
    assert answer.headers["Docker-Content-Digest"] == digest


def test_a_head_of_a_blob_must_answer_200_with_its_length(oci, repo):
    digest = oci.push_blob(repo, b"twelve bytes")
    answer = oci.head(f"/{repo}/blobs/{digest}", status=200)
    assert answer.headers["Content-Length"] == "12" and answer.content == b""
    assert answer.headers["Docker-Content-Digest"] == digest


@pytest.mark.parametrize("verb", ["GET", "HEAD"])
def test_a_blob_that_is_not_there_must_answer_404(oci, repo, image, verb):
    answer = oci.request(verb, f"/{repo}/blobs/{UNKNOWN}", status=404)
    if verb == "GET":
        assert error_codes(answer) == ["BLOB_UNKNOWN"]


def test_a_blob_of_another_repository_is_not_there(oci, repo):
    digest = oci.push_blob(f"{repo}-source", b"only in the source")
    oci.push_image(repo, "v1")
    oci.head(f"/{repo}/blobs/{digest}", status=404)


@pytest.mark.parametrize(("header", "first", "last"), [
    ("bytes=0-9", 0, 9), ("bytes=10-19", 10, 19), ("bytes=90-", 90, 99), ("bytes=-5", 95, 99),
    ("bytes=50-5000", 50, 99), ("bytes=-5000", 0, 99), ("bytes=0-0", 0, 0)])
def test_a_range_of_a_blob_should_answer_206(oci, repo, header, first, last):
    data = bytes(range(100))
    digest = oci.push_blob(repo, data)
    answer = oci.get(f"/{repo}/blobs/{digest}", headers={"Range": header}, status=206)
    assert answer.content == data[first : last + 1]
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/100"
    assert answer.headers["Content-Length"] == str(last - first + 1)


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=1000-2000", "bytes=-0"])
def test_a_range_outside_the_blob_answers_416(oci, repo, header):
    digest = oci.push_blob(repo, bytes(100))
    answer = oci.get(f"/{repo}/blobs/{digest}", headers={"Range": header}, status=416)
    assert answer.headers["Content-Range"] == "bytes */100"


@pytest.mark.parametrize("header", ["bytes=9-0", "bytes=a-b", "lines=0-1", "bytes", "bytes=-"])
def test_a_range_that_cannot_be_read_is_ignored_or_refused(oci, repo, header):
    digest = oci.push_blob(repo, b"0123456789")
    answer = oci.get(f"/{repo}/blobs/{digest}", headers={"Range": header}, status=(200, 416))
    assert answer.status_code == 416 or answer.content == b"0123456789"


@pytest.mark.parametrize("name", ["conformance/UPPER", "conformance/-dash", "conformance/a//b", "conformance/.dot/"])
def test_a_name_outside_the_grammar_must_not_be_served(oci, name):
    answer = oci.get(f"/{name}/manifests/v1", headers={"Accept": MANIFEST_TYPES})
    assert answer.status_code in (400, 401, 404)


@pytest.mark.parametrize("length", [1, 127, 128])
def test_a_tag_of_up_to_128_characters_must_work(oci, repo, image, length):
    tag = ("_Tag.-0" * 20)[:length]
    digest, _ = oci.push_manifest(repo, tag, image[1])
    assert oci.manifest(repo, tag, status=200).headers["Docker-Content-Digest"] == digest


@pytest.mark.parametrize("tag", ["t" * 129, "-dash", ".dot", "a%20b", "%C3%A9"])
def test_a_tag_outside_the_grammar_must_not_work(oci, repo, image, tag):
    answer = oci.put(f"/{repo}/manifests/{tag}", json=image[1], headers={"Content-Type": OCI_MANIFEST})
    assert answer.status_code in (400, 404)
    assert oci.manifest(repo, tag).status_code in (400, 404)


def test_names_of_one_and_of_many_parts_work(oci, repo):
    name = f"{repo}/a/b_c/d.e/f--g"
    digest, _ = oci.push_image(name, "v1")
    assert oci.manifest(name, "v1", status=200).headers["Docker-Content-Digest"] == digest


def test_a_repository_named_like_a_part_of_the_path_works(oci, repo):
    for name in (f"{repo}/blobs", f"{repo}/manifests", f"{repo}/tags/list", f"{repo}/blobs/uploads"):
        digest, _ = oci.push_image(name, "v1", name.encode())
        assert oci.manifest(name, "v1", status=200).headers["Docker-Content-Digest"] == digest
        assert oci.get(f"/{name}/tags/list", status=200).json() == {"name": name, "tags": ["v1"]}
