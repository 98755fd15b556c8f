"""Push: "Pushing blobs", "Pushing manifests", "Mounting a blob from another repository"."""
import json
import re

import pytest

from harness.registry import (DOCKER_CONFIG, DOCKER_LAYER, DOCKER_LIST, DOCKER_MANIFEST, OCI_EMPTY,
                              OCI_INDEX, OCI_LAYER, OCI_MANIFEST, descriptor, digest_of, error_codes)

OCTETS = {"Content-Type": "application/octet-stream"}


# Blobs, monolithic

def test_post_must_answer_202_with_a_location(oci, repo):
    answer = oci.post(f"/{repo}/blobs/uploads/", status=202)
    assert oci.location(answer)
    assert answer.headers.get("Content-Length", "0") == "0"


def test_put_must_answer_201_with_the_blobs_location(oci, repo):
    data = b"post then put"
    address = oci.with_digest(oci.start_upload(repo), digest_of(data))
    answer = oci.put(address, data=data, headers=OCTETS, status=201)
    assert answer.headers["Docker-Content-Digest"] == digest_of(data)
    assert oci.get(oci.location(answer), status=200).content == data


def test_post_with_a_digest_must_answer_201_or_202(oci, repo):
    data = b"a single post"
    answer = oci.post(f"/{repo}/blobs/uploads/?digest={digest_of(data)}", data=data, headers=OCTETS,
                      status=(201, 202))
    if answer.status_code == 202:
        answer = oci.put(oci.with_digest(oci.location(answer), digest_of(data)), data=data, headers=OCTETS, status=201)
    assert oci.get(oci.location(answer), status=200).content == data


def test_a_blob_of_no_bytes_can_be_pushed_and_pulled(oci, repo):
    digest = oci.push_blob(repo, b"")
    answer = oci.get(f"/{repo}/blobs/{digest}", status=200)
    assert answer.content == b"" and answer.headers["Content-Length"] == "0"


def test_a_blob_pushed_twice_answers_201_twice(oci, repo):
    assert oci.push_blob(repo, b"again") == oci.push_blob(repo, b"again")


def test_a_sha512_digest_can_be_pushed_and_pulled(oci, repo):
    data = b"by sha512"
    digest = oci.push_blob(repo, data, digest_of(data, "sha512"))
    answer = oci.get(f"/{repo}/blobs/{digest}", status=200)
    assert answer.content == data and answer.headers["Docker-Content-Digest"] == digest


@pytest.mark.parametrize("how", ["put", "post", "patch then put"])
def test_a_digest_that_does_not_match_must_be_refused(oci, repo, how):
    wrong = digest_of(b"something else " + how.encode())
    if how == "post":
        answer = oci.post(f"/{repo}/blobs/uploads/?digest={wrong}", data=b"bytes", headers=OCTETS)
    else:
        address = oci.start_upload(repo)
        if how == "patch then put":
            address = oci.location(oci.patch(address, data=b"bytes", headers=OCTETS, status=202))
        answer = oci.put(oci.with_digest(address, wrong), data=b"" if how != "put" else b"bytes", headers=OCTETS)
    assert answer.status_code == 400 and error_codes(answer) == ["DIGEST_INVALID"]
    oci.head(f"/{repo}/blobs/{wrong}", status=404)
    oci.head(f"/{repo}/blobs/{digest_of(b'bytes')}", status=404)


@pytest.mark.parametrize("digest", ["sha256:abc", "sha256:" + "G" * 64, "md5:" + "0" * 32, "nonsense", ""])
def test_a_digest_outside_the_grammar_must_be_refused(oci, repo, digest):
    answer = oci.put(oci.with_digest(oci.start_upload(repo), digest), data=b"x", headers=OCTETS, status=400)
    assert set(error_codes(answer)) <= {"DIGEST_INVALID", "BLOB_UPLOAD_INVALID"}


def test_put_without_a_digest_must_be_refused(oci, repo):
    oci.put(oci.start_upload(repo), data=b"x", headers=OCTETS, status=400)


# Blobs, in chunks

def chunk(oci, address, data, start):
    return oci.patch(address, data=data, headers={**OCTETS, "Content-Range": f"{start}-{start + len(data) - 1}"})


def test_chunks_must_answer_202_with_location_and_range(oci, repo):
    parts, sent = [b"a" * 70_000, b"b" * 30_000, b"c"], 0
    address = oci.start_upload(repo)
    for part in parts:
        answer = chunk(oci, address, part, sent)
        assert answer.status_code == 202, answer.text
        sent += len(part)
        assert answer.headers["Range"] == f"0-{sent - 1}"
        address = oci.location(answer)
    data = b"".join(parts)
    answer = oci.put(oci.with_digest(address, digest_of(data)), status=201)
    assert oci.get(oci.location(answer), status=200).content == data


def test_the_last_chunk_may_come_with_the_put(oci, repo):
    answer = chunk(oci, oci.start_upload(repo), b"first", 0)
    data = b"first and last"
    answer = oci.put(oci.with_digest(oci.location(answer), digest_of(data)), data=b" and last", status=201,
                     headers={**OCTETS, "Content-Range": "5-13"})
    assert oci.get(oci.location(answer), status=200).content == data


def test_a_chunk_that_leaves_a_gap_must_answer_416(oci, repo):
    answer = chunk(oci, oci.start_upload(repo), b"0123456789", 0)
    gap = chunk(oci, oci.location(answer), b"xx", 20)
    assert gap.status_code == 416
    state = oci.get(oci.location(answer), status=204)
    assert state.headers["Range"] == "0-9"
    # The upload goes on where it was.
    address = oci.location(chunk(oci, oci.location(state), b"ab", 10))
    oci.put(oci.with_digest(address, digest_of(b"0123456789ab")), status=201)


@pytest.mark.parametrize("header", ["5-2", "a-b", "0-", "-5", "99999999999999999999-99999999999999999999"])
def test_a_content_range_that_cannot_be_read_is_refused(oci, repo, header):
    answer = oci.patch(oci.start_upload(repo), data=b"xyz", headers={**OCTETS, "Content-Range": header})
    assert answer.status_code in (400, 416)


def test_the_state_of_an_upload_must_answer_204_with_location_and_range(oci, repo):
    address = oci.start_upload(repo)
    fresh = oci.get(address, status=204)
    assert oci.location(fresh) and re.fullmatch(r"0-0|0--1", fresh.headers["Range"])
    answer = chunk(oci, address, b"12345", 0)
    state = oci.get(oci.location(answer), status=204)
    assert oci.location(state) and state.headers["Range"] == "0-4"


def test_a_stream_without_length_may_be_patched(oci, repo):
    data = [b"piece %d," % n * 1000 for n in range(20)]
    answer = oci.patch(oci.start_upload(repo), data=iter(data), headers=OCTETS, status=202)
    whole = b"".join(data)
    assert answer.headers["Range"] == f"0-{len(whole) - 1}"
    oci.put(oci.with_digest(oci.location(answer), digest_of(whole)), status=201)
    assert oci.get(f"/{repo}/blobs/{digest_of(whole)}", status=200).content == whole


def test_an_upload_can_be_cancelled(oci, repo):
    address = oci.start_upload(repo)
    oci.delete(address, status=204)
    assert error_codes(oci.get(address, status=404)) == ["BLOB_UPLOAD_UNKNOWN"]


@pytest.mark.parametrize("verb", ["GET", "PATCH", "DELETE"])
def test_an_upload_that_is_not_there_answers_404(oci, repo, image, verb):
    address = f"/{repo}/blobs/uploads/00000000-0000-4000-8000-000000000000"
    answer = oci.request(verb, address, data=b"x" if verb == "PATCH" else None)
    assert answer.status_code == 404 and error_codes(answer) == ["BLOB_UPLOAD_UNKNOWN"]


# Mounting

def test_a_mount_must_answer_201_with_the_blobs_location(oci, repo):
    digest = oci.push_blob(f"{repo}-source", b"mounted")
    answer = oci.post(f"/{repo}/blobs/uploads/?mount={digest}&from={repo}-source", status=(201, 202),
                      also=(f"repository:{repo}-source:pull",))
    assert answer.status_code == 201, "the caller may read the source, so the blob is mounted"
    assert oci.get(oci.location(answer), status=200).content == b"mounted"
    oci.head(f"/{repo}/blobs/{digest}", status=200)


@pytest.mark.parametrize("query", ["mount={unknown}&from={repo}-none", "mount={unknown}", "mount=nonsense&from=x/y"])
def test_a_mount_that_cannot_be_done_must_open_an_upload(oci, repo, image, query):
    query = query.format(unknown=digest_of(b"nowhere"), repo=repo)
    answer = oci.post(f"/{repo}/blobs/uploads/?{query}", status=202)
    data = b"pushed after all"
    oci.put(oci.with_digest(oci.location(answer), digest_of(data)), data=data, headers=OCTETS, status=201)


# Manifests

def test_put_of_a_manifest_must_answer_201_with_its_location(oci, repo, image):
    digest, answer = oci.push_manifest(repo, "v2", image[1])
    assert answer.headers["Docker-Content-Digest"] == digest
    assert oci.get(oci.location(answer), headers={"Accept": OCI_MANIFEST}, status=200).json() == image[1]


def test_a_manifest_can_be_pushed_by_digest_alone(oci, repo, image):
    manifest = {**image[1], "annotations": {"pushed": "by digest"}}
    digest, _ = oci.push_manifest(repo, None, manifest)
    assert oci.manifest(repo, digest, status=200).json() == manifest
    assert oci.get(f"/{repo}/tags/list", status=200).json()["tags"] == ["v1"]


def test_a_manifest_pushed_by_sha512_is_pulled_by_sha512(oci, repo, image):
    body = json.dumps({**image[1], "annotations": {"digest": "sha512"}}).encode()
    digest = digest_of(body, "sha512")
    answer = oci.put(f"/{repo}/manifests/{digest}", data=body, headers={"Content-Type": OCI_MANIFEST}, status=201)
    assert answer.headers["Docker-Content-Digest"] == digest
    got = oci.manifest(repo, digest, status=200)
    assert got.content == body and got.headers["Docker-Content-Digest"] == digest


def test_a_manifest_under_a_wrong_digest_must_be_refused(oci, repo, image):
    answer = oci.put(f"/{repo}/manifests/{digest_of(b'other')}", json=image[1], headers={"Content-Type": OCI_MANIFEST},
                     status=400)
    assert set(error_codes(answer)) <= {"DIGEST_INVALID", "MANIFEST_INVALID"}


@pytest.mark.parametrize("body", [b"", b"not json", b"[]", b"{}", b'{"schemaVersion":2}', b'{"layers":'],
                         ids=["empty", "text", "array", "object", "bare", "cut"])
def test_a_manifest_that_cannot_be_read_must_be_refused(oci, repo, image, body):
    answer = oci.put(f"/{repo}/manifests/bad", data=body, headers={"Content-Type": OCI_MANIFEST}, status=400)
    assert error_codes(answer) == ["MANIFEST_INVALID"]
    oci.manifest(repo, "bad", status=404)


def test_a_media_type_that_contradicts_the_content_type_must_be_refused(oci, repo, image):
    oci.put(f"/{repo}/manifests/bad", json={**image[1], "mediaType": OCI_INDEX}, status=400,
            headers={"Content-Type": OCI_MANIFEST})


def test_a_content_type_that_is_no_manifest_is_refused(oci, repo, image):
    answer = oci.put(f"/{repo}/manifests/bad", json=image[1], headers={"Content-Type": "text/plain"})
    assert answer.status_code in (400, 415)


def test_a_content_type_with_parameters_is_accepted(oci, repo, image):
    oci.put(f"/{repo}/manifests/v3", json=image[1], headers={"Content-Type": OCI_MANIFEST + "; charset=utf-8"},
            status=201)


def test_a_manifest_of_blobs_that_are_not_there_may_be_refused_as_unknown(oci, repo, image):
    manifest = {**image[1], "layers": [descriptor(b"never pushed", OCI_LAYER)]}
    answer = oci.put(f"/{repo}/manifests/bad", json=manifest, headers={"Content-Type": OCI_MANIFEST},
                     status=(400, 404))
    assert set(error_codes(answer)) <= {"MANIFEST_BLOB_UNKNOWN", "BLOB_UNKNOWN", "MANIFEST_INVALID"}


def test_a_layer_that_is_not_distributable_need_not_be_there(oci, repo, image):
    foreign = descriptor(b"elsewhere", "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
                         urls=["https://example.com/layer"])
    oci.push_manifest(repo, "foreign", {**image[1], "layers": [foreign]})


def test_an_artifact_without_layers_is_accepted(oci, repo):
    oci.push_blob(repo, b"{}")
    manifest = {"schemaVersion": 2, "mediaType": OCI_MANIFEST, "artifactType": "application/x.test",
                "config": descriptor(b"{}", OCI_EMPTY), "layers": []}
    oci.push_manifest(repo, "artifact", manifest)


def test_an_artifact_with_embedded_data_is_accepted(oci, repo):
    oci.push_blob(repo, b"{}")
    empty = descriptor(b"{}", OCI_EMPTY, data="e30=")
    manifest = {"schemaVersion": 2, "mediaType": OCI_MANIFEST, "artifactType": "application/x.test", "config": empty,
                "layers": [empty]}
    digest, _ = oci.push_manifest(repo, "data", manifest)
    assert oci.manifest(repo, digest, status=200).json()["layers"][0]["data"] == "e30="


def test_a_config_of_any_media_type_is_accepted(oci, repo):
    oci.push_blob(repo, b"chart: 1")
    oci.push_manifest(repo, "chart", {
        "schemaVersion": 2, "mediaType": OCI_MANIFEST,
        "config": descriptor(b"chart: 1", "application/vnd.cncf.helm.config.v1+json"), "layers": []})


def child_of(image):
    body = json.dumps(image[1], indent=2).encode()
    return descriptor(body, OCI_MANIFEST, platform={"architecture": "amd64", "os": "linux"})


def test_an_index_can_be_pushed_and_pulled(oci, repo, image):
    index = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [child_of(image)]}
    digest, _ = oci.push_manifest(repo, "multi", index)
    answer = oci.manifest(repo, "multi", status=200)
    assert answer.json() == index and answer.headers["Docker-Content-Digest"] == digest
    oci.manifest(repo, index["manifests"][0]["digest"], status=200)


def test_an_index_may_hold_an_index_or_nothing(oci, repo, image):
    inner = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": []}
    digest, _ = oci.push_manifest(repo, None, inner)
    entry = {"mediaType": OCI_INDEX, "digest": digest, "size": len(json.dumps(inner, indent=2))}
    oci.push_manifest(repo, "nested", {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [entry]})


def test_docker_manifests_and_lists_are_kept_as_they_are(oci, repo):
    layer = b"docker layer"
    config = json.dumps({"architecture": "amd64", "os": "linux", "config": {}, "history": [{"created_by": "x"}],
                         "rootfs": {"type": "layers", "diff_ids": [digest_of(layer)]}}).encode()
    oci.push_blob(repo, layer)
    oci.push_blob(repo, config)
    manifest = {"schemaVersion": 2, "mediaType": DOCKER_MANIFEST, "config": descriptor(config, DOCKER_CONFIG),
                "layers": [descriptor(layer, DOCKER_LAYER)]}
    body = json.dumps(manifest, indent=3).encode()
    oci.push_manifest(repo, "docker", body)
    child = descriptor(body, DOCKER_MANIFEST, platform={"architecture": "amd64", "os": "linux"})
    oci.push_manifest(repo, "list", {"schemaVersion": 2, "mediaType": DOCKER_LIST, "manifests": [child]})
    for tag, media_type in (("docker", DOCKER_MANIFEST), ("list", DOCKER_LIST)):
        assert oci.manifest(repo, tag, status=200).headers["Content-Type"] == media_type
    assert oci.manifest(repo, "docker", status=200).content == body


def test_a_manifest_of_four_mebibytes_must_be_accepted(oci, repo, image):
    manifest = {**image[1], "annotations": {"long": "x" * (4 * 1024 * 1024 - 4096)}}
    digest, _ = oci.push_manifest(repo, "big", manifest)
    assert digest_of(oci.manifest(repo, "big", status=200).content) == digest


def test_a_manifest_far_too_large_must_be_refused(oci, repo, image):
    manifest = {**image[1], "annotations": {"long": "x" * (40 * 1024 * 1024)}}
    answer = oci.put(f"/{repo}/manifests/huge", json=manifest, headers={"Content-Type": OCI_MANIFEST})
    assert answer.status_code in (400, 413)


def test_a_tag_that_is_pushed_again_moves(oci, repo, image):
    second, _ = oci.push_image(repo, "v1", b"second")
    assert second != image[0]
    assert oci.manifest(repo, "v1", status=200).headers["Docker-Content-Digest"] == second
