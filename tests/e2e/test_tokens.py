"""Logging in to the registry: the challenge, /v2/auth, what each kind of credential may do."""
import pytest
import requests

from harness.registry import Registry, error_codes


def test_the_challenge_names_realm_service_and_scope(wharf, user):
    answer = requests.get(f"{wharf.url}/v2/{user.name}/app/tags/list", timeout=30)
    assert answer.status_code == 401 and error_codes(answer) == ["UNAUTHORIZED"]
    assert answer.headers["WWW-Authenticate"] == (f'Bearer realm="{wharf.url}/v2/auth",service="{wharf.host}",'
                                                  f'scope="repository:{user.name}/app:pull"')
    assert answer.headers["Docker-Distribution-API-Version"] == "registry/2.0"


def test_a_push_is_challenged_for_pull_and_push(wharf, user):
    answer = requests.post(f"{wharf.url}/v2/{user.name}/app/blobs/uploads/", timeout=30)
    assert answer.status_code == 401
    assert f'scope="repository:{user.name}/app:pull,push"' in answer.headers["WWW-Authenticate"]


def test_login_with_user_and_password(wharf, registry):
    assert registry.token()
    registry.get("/", status=200)


def test_a_wrong_password_is_refused(wharf, user):
    Registry(wharf.url, user.name, "wrong").token(status=401)
    Registry(wharf.url, "nobody-of-that-name", "wrong").token(status=401)


def test_login_with_an_api_token(wharf, user):
    assert Registry(wharf.url, "$oauthtoken", user.token).token(f"repository:{user.name}/new:pull,push")
    Registry(wharf.url, "$oauthtoken", "A" * 40).token(status=401)


def test_an_api_tokens_scope_bounds_the_registry(wharf, user, registry, repository):
    digest, manifest = registry.push_image(repository, "v1")
    reader = Registry(wharf.url, "$oauthtoken", wharf.token(user.name, "repo:read"))
    reader.manifest(repository, "v1", status=200)
    reader.put(f"/{repository}/manifests/v2", json=manifest, status=401,
               headers={"Content-Type": manifest["mediaType"]})


def test_a_stranger_cannot_pull_or_push(wharf, user, registry, repository):
    _, manifest = registry.push_image(repository, "v1")
    other = wharf.user(f"{user.name}-other")
    for caller in (Registry(wharf.url), Registry(wharf.url, other.name, other.password)):
        caller.manifest(repository, "v1", status=401)
        caller.get(f"/{repository}/tags/list", status=401)
        caller.get(f"/{repository}/blobs/{manifest['layers'][0]['digest']}", status=401)
        caller.post(f"/{repository}/blobs/uploads/", status=401)
        caller.delete(f"/{repository}/manifests/v1", status=401)


def test_anybody_pulls_what_is_public(wharf, user, registry, repository):
    _, manifest = registry.push_image(repository, "v1")
    wharf.api(user).post(f"/repository/{repository}/changevisibility", json={"visibility": "public"}, status=200)
    anonymous = Registry(wharf.url)
    anonymous.manifest(repository, "v1", status=200)
    anonymous.get(f"/{repository}/blobs/{manifest['layers'][0]['digest']}", status=200)
    anonymous.post(f"/{repository}/blobs/uploads/", status=401)


def test_a_token_for_one_repository_opens_no_other(wharf, user, registry, repository):
    registry.push_image(repository, "v1")
    registry.push_image(f"{repository}-2", "v1")
    token = registry.token(f"repository:{repository}:pull")
    for name, status in ((repository, 200), (f"{repository}-2", 401)):
        answer = requests.get(f"{wharf.url}/v2/{name}/tags/list", timeout=30,
                              headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == status


def test_a_tampered_token_is_refused(wharf, registry, repository):
    registry.push_image(repository, "v1")
    head, body, signature = registry.token(f"repository:{repository}:pull").split(".")
    for bad in (f"{head}.{body}.{signature[:-4]}AAAA", f"{head}.{body}.", f"{head}.{body}",
                f"eyJhbGciOiJub25lIn0.{body}.", "x.y.z"):
        answer = requests.get(f"{wharf.url}/v2/{repository}/tags/list", timeout=30,
                              headers={"Authorization": f"Bearer {bad}"})
        assert answer.status_code == 401 and "WWW-Authenticate" in answer.headers, bad


@pytest.mark.parametrize("scope", ["nonsense", "registry:catalog:pull", "repository:a/b:destroy", "repository:a/b"])
def test_a_scope_that_cannot_be_read_is_refused(registry, scope):
    registry.token(scope, status=400)


def test_a_robot_pushes_where_it_was_let(wharf, user):
    api, org = wharf.api(user), f"{user.name}-org"
    api.post("/organization/", json={"name": org, "email": f"{org}@example.com"}, status=201)
    robot = api.put(f"/organization/{org}/robots/ci", json={}, status=201).json()
    api.post("/repository", json={"namespace": org, "repository": "app", "visibility": "private", "description": ""},
             status=201)
    caller = Registry(wharf.url, robot["name"], robot["token"])
    caller.post(f"/{org}/app/blobs/uploads/", status=401)
    api.put(f"/repository/{org}/app/permissions/user/{robot['name']}", json={"role": "write"}, status=200)
    caller = Registry(wharf.url, robot["name"], robot["token"])
    digest, _ = caller.push_image(f"{org}/app", "v1")
    assert caller.manifest(f"{org}/app", "v1", status=200).headers["Docker-Content-Digest"] == digest
    caller.post(f"/{org}/other/blobs/uploads/", status=401)  # a robot of no team makes no repository
