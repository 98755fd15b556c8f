"""Content discovery: "Listing tags", "Listing referrers", "Pushing manifests with subject"."""
import json
from urllib.parse import urljoin

import pytest

from harness.registry import (OCI_EMPTY, OCI_INDEX, OCI_MANIFEST, descriptor, digest_of, error_codes)

TAGS = ["0", "9", "A", "Z", "_", "a", "a-b", "a.b", "aa", "b"]  # in the order of their bytes


@pytest.fixture
def tags(oci, repo):
    _, manifest = oci.push_image(repo, TAGS[3])
    for tag in reversed(TAGS):
        oci.push_manifest(repo, tag, manifest)
    return repo


def test_the_list_must_name_the_repository_and_its_tags_in_order(oci, tags):
    assert oci.get(f"/{tags}/tags/list", status=200).json() == {"name": tags, "tags": TAGS}


@pytest.mark.parametrize("n", [1, 3, 9, 10, 11, 1000])
def test_n_must_bound_the_list(oci, tags, n):
    assert oci.get(f"/{tags}/tags/list?n={n}", status=200).json()["tags"] == TAGS[:n]


def test_n_of_zero_must_give_an_empty_list_and_no_link(oci, tags):
    answer = oci.get(f"/{tags}/tags/list?n=0", status=200)
    assert answer.json()["tags"] == [] and "Link" not in answer.headers


@pytest.mark.parametrize(("last", "rest"), [("9", TAGS[2:]), ("a", TAGS[6:]), ("a0", TAGS[8:]), ("b", []), ("zzz", [])])
def test_last_must_continue_after_the_tag(oci, tags, last, rest):
    assert oci.get(f"/{tags}/tags/list?n=100&last={last}", status=200).json()["tags"] == rest


@pytest.mark.parametrize("n", [1, 3, 5, 10])
def test_the_link_header_must_lead_through_all_pages(oci, tags, n):
    seen, address = [], f"/{tags}/tags/list?n={n}"
    for _ in range(len(TAGS) + 1):
        answer = oci.get(address, status=200)
        page = answer.json()["tags"]
        assert len(page) <= n
        seen += page
        if "Link" not in answer.headers:
            break
        assert answer.links["next"], answer.headers["Link"]
        address = urljoin(answer.request.url, answer.links["next"]["url"])
    assert seen == TAGS


def test_the_tags_of_a_repository_that_is_not_there_answer_404(oci):
    answer = oci.get("/conformance/never-made/tags/list", status=404)
    assert error_codes(answer) == ["NAME_UNKNOWN"]


# Referrers

def artifact(oci, repo, subject, artifact_type="application/x.signature", **more):
    oci.push_blob(repo, b"{}")
    manifest = {"schemaVersion": 2, "mediaType": OCI_MANIFEST, "artifactType": artifact_type,
                "config": descriptor(b"{}", OCI_EMPTY), "layers": [descriptor(b"{}", OCI_EMPTY)],
                "subject": subject, **more}
    if artifact_type is None:
        del manifest["artifactType"]
    return oci.push_manifest(repo, None, manifest)


def subject_of(image):
    return descriptor(json.dumps(image[1], indent=2).encode(), OCI_MANIFEST)


def referrers(oci, repo, digest, query=""):
    answer = oci.get(f"/{repo}/referrers/{digest}{query}", status=200)
    assert answer.headers["Content-Type"].split(";")[0] == OCI_INDEX
    body = answer.json()
    assert body["schemaVersion"] == 2 and body["mediaType"] == OCI_INDEX
    return answer, body["manifests"]


def test_referrers_of_an_unknown_digest_must_be_an_empty_index(oci, repo, image):
    assert referrers(oci, repo, digest_of(b"nothing"))[1] == []


def test_referrers_of_a_digest_outside_the_grammar_must_answer_400_or_404(oci, repo, image):
    assert oci.get(f"/{repo}/referrers/nonsense").status_code in (400, 404)


def test_a_push_with_a_subject_must_answer_oci_subject(oci, repo, image):
    _, answer = artifact(oci, repo, subject_of(image))
    assert answer.headers["OCI-Subject"] == image[0]


def test_a_referrer_must_be_listed_with_type_size_and_annotations(oci, repo, image):
    digest, _ = artifact(oci, repo, subject_of(image), annotations={"org.example.kind": "test"})
    _, found = referrers(oci, repo, image[0])
    size = int(oci.head(f"/{repo}/manifests/{digest}", headers={"Accept": OCI_MANIFEST}).headers["Content-Length"])
    assert found == [{"mediaType": OCI_MANIFEST, "digest": digest, "size": size,
                      "artifactType": "application/x.signature", "annotations": {"org.example.kind": "test"}}]


def test_without_artifact_type_the_configs_media_type_must_stand_in(oci, repo, image):
    artifact(oci, repo, subject_of(image), artifact_type=None)
    assert [entry["artifactType"] for entry in referrers(oci, repo, image[0])[1]] == [OCI_EMPTY]


def test_an_index_may_be_a_referrer(oci, repo, image):
    index = {"schemaVersion": 2, "mediaType": OCI_INDEX, "artifactType": "application/x.bundle", "manifests": [],
             "subject": subject_of(image)}
    digest, answer = oci.push_manifest(repo, None, index)
    assert answer.headers["OCI-Subject"] == image[0]
    entry, = referrers(oci, repo, image[0])[1]
    assert (entry["digest"], entry["mediaType"], entry["artifactType"]) == (digest, OCI_INDEX, "application/x.bundle")


def test_a_subject_that_is_not_there_must_be_accepted_and_listed(oci, repo, image):
    later = json.dumps({**image[1], "annotations": {"pushed": "later"}}, indent=2).encode()
    digest, answer = artifact(oci, repo, descriptor(later, OCI_MANIFEST))
    assert answer.headers["OCI-Subject"] == digest_of(later)
    assert [entry["digest"] for entry in referrers(oci, repo, digest_of(later))[1]] == [digest]
    oci.push_manifest(repo, "later", later)
    assert [entry["digest"] for entry in referrers(oci, repo, digest_of(later))[1]] == [digest]


def test_a_filter_must_be_applied_and_named(oci, repo, image):
    wanted, _ = artifact(oci, repo, subject_of(image), "application/x.sbom+json")
    artifact(oci, repo, subject_of(image), "application/x.signature")
    answer, found = referrers(oci, repo, image[0], "?artifactType=application/x.sbom%2Bjson")
    if "OCI-Filters-Applied" in answer.headers:
        assert answer.headers["OCI-Filters-Applied"] == "artifactType"
        assert [entry["digest"] for entry in found] == [wanted]
    else:
        assert wanted in [entry["digest"] for entry in found] and len(found) == 2
    assert len(referrers(oci, repo, image[0])[1]) == 2


def test_a_deleted_referrer_is_no_longer_listed(oci, repo, image):
    digest, _ = artifact(oci, repo, subject_of(image))
    oci.delete(f"/{repo}/manifests/{digest}", status=202)
    assert referrers(oci, repo, image[0])[1] == []


def test_referrers_of_another_repository_are_not_listed(oci, repo, image):
    oci.push_image(f"{repo}-other", "v1")
    artifact(oci, f"{repo}-other", subject_of(image))
    assert referrers(oci, repo, image[0])[1] == []
