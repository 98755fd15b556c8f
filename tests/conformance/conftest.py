"""The suite of the OCI Distribution Specification 1.1, as requests and answers: no client library in between.

Each test is named after the sentence of the specification that it holds the registry to.
`pytest tests/conformance --target http://127.0.0.1:5000` runs it against a registry that is already there.
"""
import pytest

from harness.registry import Registry


@pytest.fixture(scope="session")
def owner(wharf):
    return wharf.user("conformance")


@pytest.fixture
def oci(wharf, owner):
    """Requests as the owner of the namespace `conformance`."""
    return Registry(wharf.url, owner.name, owner.password)


_names = iter(range(1, 1_000_000))


@pytest.fixture
def repo(oci):
    """The name of a repository that is this test's alone; pushing to it makes it."""
    return f"conformance/test{next(_names)}"


@pytest.fixture
def image(oci, repo):
    """An image tagged `v1` in `repo`: (digest, manifest)."""
    return oci.push_image(repo, "v1")
