"""Content management: "Deleting tags", "Deleting manifests", "Deleting blobs"."""
import pytest

from harness.registry import digest_of, error_codes


def test_deleting_a_tag_must_answer_202_and_leave_the_others(oci, repo, image):
    oci.push_manifest(repo, "v2", image[1])
    oci.delete(f"/{repo}/manifests/v1", status=202)
    assert error_codes(oci.manifest(repo, "v1", status=404))
    oci.manifest(repo, "v2", status=200)
    oci.manifest(repo, image[0], status=200)
    assert oci.get(f"/{repo}/tags/list", status=200).json()["tags"] == ["v2"]


def test_deleting_a_manifest_must_answer_202_and_end_its_tags(oci, repo, image):
    other, _ = oci.push_image(repo, "other", b"other")
    oci.push_manifest(repo, "v2", image[1])
    oci.delete(f"/{repo}/manifests/{image[0]}", status=202)
    for reference in ("v1", "v2", image[0]):
        oci.manifest(repo, reference, status=404)
    assert oci.get(f"/{repo}/tags/list", status=200).json()["tags"] == ["other"]
    oci.manifest(repo, other, status=200)


@pytest.mark.parametrize("reference", ["nosuchtag", digest_of(b"no such manifest")])
def test_deleting_a_manifest_that_is_not_there_must_answer_404(oci, repo, image, reference):
    assert error_codes(oci.delete(f"/{repo}/manifests/{reference}", status=404)) == ["MANIFEST_UNKNOWN"]


def test_a_deleted_manifest_can_be_pushed_again(oci, repo, image):
    oci.delete(f"/{repo}/manifests/{image[0]}", status=202)
    assert oci.push_image(repo, "v1")[0] == image[0]
    oci.manifest(repo, "v1", status=200)


def test_deleting_a_blob_must_answer_202_and_then_404(oci, repo):
    digest = oci.push_blob(repo, b"to be deleted")
    oci.delete(f"/{repo}/blobs/{digest}", status=202)
    oci.head(f"/{repo}/blobs/{digest}", status=404)
    assert error_codes(oci.get(f"/{repo}/blobs/{digest}", status=404)) == ["BLOB_UNKNOWN"]


def test_deleting_a_blob_that_is_not_there_must_answer_404(oci, repo, image):
    answer = oci.delete(f"/{repo}/blobs/{digest_of(b'no such blob')}", status=404)
    assert error_codes(answer) == ["BLOB_UNKNOWN"]


def test_deleting_a_blob_leaves_it_in_other_repositories(oci, repo):
    digest = oci.push_blob(repo, b"in two places")
    oci.push_blob(f"{repo}-other", b"in two places")
    oci.delete(f"/{repo}/blobs/{digest}", status=202)
    oci.head(f"/{repo}-other/blobs/{digest}", status=200)


def test_a_deleted_blob_can_be_pushed_again(oci, repo):
    digest = oci.push_blob(repo, b"comes back")
    oci.delete(f"/{repo}/blobs/{digest}", status=202)
    oci.push_blob(repo, b"comes back")
    assert oci.get(f"/{repo}/blobs/{digest}", status=200).content == b"comes back"
