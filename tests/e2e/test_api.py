"""The 13 operations of the contract and what they need, over HTTP; each answer is held against /openapi.json."""
import re

import pytest
import requests

from harness.registry import Registry
from harness.server import PASSWORD


RFC2822 = r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d -0000"
NEW = {"visibility": "private", "description": "made by a test"}


@pytest.fixture
def api(wharf, user):
    return wharf.api(user)


@pytest.fixture
def nobody(wharf):
    return wharf.api()


@pytest.fixture
def stranger(wharf, user):
    return wharf.api(wharf.user(f"{user.name}-stranger"))


@pytest.fixture
def app(api, user):
    """A repository of the user's, made through the API: its path in the API."""
    api.post("/repository", json={**NEW, "namespace": user.name, "repository": "app"}, status=201)
    return f"/repository/{user.name}/app"


@pytest.fixture
def org(api, user):
    name = f"{user.name}-org"
    api.post("/organization/", json={"name": name, "email": f"{name}@example.com"}, status=201)
    return name


def problem(answer, status, kind):
    """Asserts the error form of the API."""
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert (body["status"], body["error_type"], body["title"]) == (status, kind, kind)
    assert body["detail"] == body["error_message"] != ""


# Who am I

def test_the_first_user_can_be_made_once_only(wharf):
    again = requests.post(wharf.url + "/api/v1/user/initialize", timeout=30, json={
        "username": "second", "password": PASSWORD, "email": "second@example.com", "access_token": True})
    assert again.status_code in (400, 403)


def test_get_user_says_who_calls(api, user, org):
    me = api.get("/user/", status=200).json()
    assert me["username"] == user.name and me["email"] == f"{user.name}@example.com"
    assert [(o["name"], o["is_admin"], o["is_org_admin"]) for o in me["organizations"]] == [(org, True, True)]


@pytest.mark.parametrize("path", ["/user/", "/repository"])
def test_a_caller_without_a_token_is_told_so(nobody, path):
    problem(nobody.get(path), 401, "invalid_token")


@pytest.mark.parametrize("token", ["nonsense", "A" * 40])
def test_an_unknown_token_is_refused(wharf, token):
    api = wharf.api()
    api.session.headers["Authorization"] = f"Bearer {token}"
    problem(api.get("/user/"), 401, "invalid_token")


# Repositories

def test_a_repository_is_made_read_listed_and_deleted(api, user, app):
    got = api.get(app, status=200).json()
    assert (got["namespace"], got["name"], got["description"]) == (user.name, "app", "made by a test")
    assert (got["is_public"], got["kind"], got["tag_count"]) == (False, "image", 0)
    listed = api.get("/repository", params={"namespace": user.name}, status=200).json()["repositories"]
    assert [(r["namespace"], r["name"], r["is_public"]) for r in listed] == [(user.name, "app", False)]
    api.delete(app, status=204)
    problem(api.get(app), 404, "not_found")
    problem(api.delete(app), 404, "not_found")


def test_a_repository_cannot_be_made_twice(api, user, app):
    again = api.post("/repository", json={**NEW, "namespace": user.name, "repository": "app"})
    problem(again, 400, "invalid_request")


@pytest.mark.parametrize("missing", ["repository", "namespace", "visibility"])
def test_a_repository_needs_name_namespace_and_visibility(api, user, missing):
    body = {**NEW, "namespace": user.name, "repository": "app"}
    del body[missing]
    assert api.post("/repository", json=body).status_code == 400


@pytest.mark.parametrize("name", ["UPPER", "-dash", "a//b", "", "with space", "x" * 256, "a/"])
def test_a_bad_repository_name_is_refused(api, user, name):
    assert api.post("/repository", json={**NEW, "namespace": user.name, "repository": name}).status_code == 400


def test_a_name_of_many_parts_works(api, user):
    api.post("/repository", json={**NEW, "namespace": user.name, "repository": "a/b/c"}, status=201)
    for path in (f"/repository/{user.name}/a/b/c", f"/repository/{user.name}%2Fa%2Fb%2Fc"):
        assert api.get(path, status=200).json()["name"] == "a/b/c"


@pytest.mark.parametrize("verb", ["GET", "DELETE"])
def test_a_private_repository_is_hidden(nobody, stranger, app, verb):
    problem(nobody.request(verb, app), 401, "invalid_token")
    problem(stranger.request(verb, app), 403, "insufficient_scope")
    # One that does not exist looks the same.
    problem(stranger.request(verb, app + "-none"), 403, "insufficient_scope")


def test_a_public_repository_can_be_read_and_not_changed(api, nobody, stranger, user):
    api.post("/repository", json={**NEW, "namespace": user.name, "repository": "open", "visibility": "public"},
             status=201)
    for caller in (nobody, stranger):
        assert caller.get(f"/repository/{user.name}/open", status=200).json()["is_public"] is True
    problem(stranger.delete(f"/repository/{user.name}/open"), 403, "insufficient_scope")


def test_a_stranger_cannot_make_a_repository_here(stranger, nobody, user):
    body = {**NEW, "namespace": user.name, "repository": "theirs"}
    problem(stranger.post("/repository", json=body), 403, "insufficient_scope")
    problem(nobody.post("/repository", json=body), 401, "invalid_token")


@pytest.mark.parametrize("body", [b"{", b"", b"[]", b"null", b'"text"', b'{"repository": 5}'])
def test_a_body_that_cannot_be_read_is_refused(api, body):
    assert api.post("/repository", data=body, headers={"Content-Type": "application/json"}).status_code == 400


def test_repositories_are_listed_page_by_page(api, user):
    names = {f"r{n:03}" for n in range(105)}
    for name in names:
        api.post("/repository", json={**NEW, "namespace": user.name, "repository": name}, status=201)
    seen, page = [], {"namespace": user.name}
    while True:
        body = api.get("/repository", params=page, status=200).json()
        seen += [r["name"] for r in body["repositories"]]
        if "next_page" not in body:
            break
        page["next_page"] = body["next_page"]
    assert len(seen) == 105 and set(seen) == names


# Tags

@pytest.fixture
def push(wharf, user):
    registry = Registry(wharf.url, user.name, user.password)
    return lambda tag, content=b"": registry.push_image(f"{user.name}/app", tag, content)[0]


def test_tags_are_listed_newest_first_with_their_history(api, app, push):
    first, second = push("v1"), push("v2", b"other")
    push("v1", b"other")  # moves v1 to the second image
    tags = api.get(f"{app}/tag/", status=200).json()
    alive = [t for t in tags["tags"] if "end_ts" not in t]
    assert {t["name"]: t["manifest_digest"] for t in alive} == {"v1": second, "v2": second}
    dead = [t for t in tags["tags"] if "end_ts" in t]
    assert [(t["name"], t["manifest_digest"]) for t in dead] == [("v1", first)]
    assert (tags["page"], tags["has_additional"]) == (1, False)
    for tag in tags["tags"]:
        assert re.fullmatch(RFC2822, tag["last_modified"]) and tag["is_manifest_list"] is False
        assert tag["size"] > 0
    active = api.get(f"{app}/tag/", params={"onlyActiveTags": "true"}, status=200).json()["tags"]
    assert {t["name"] for t in active} == {"v1", "v2"} and len(active) == 2
    assert api.get(app, status=200).json()["tag_count"] == 2


def test_tags_are_paged_and_filtered(api, app, push):
    for n in range(5):
        push(f"t{n}")
    pages = [api.get(f"{app}/tag/", params={"limit": 2, "page": n}, status=200).json() for n in (1, 2, 3, 4)]
    assert [len(p["tags"]) for p in pages] == [2, 2, 1, 0]
    assert [p["has_additional"] for p in pages] == [True, True, False, False]
    assert len({t["name"] for p in pages for t in p["tags"]}) == 5
    one = api.get(f"{app}/tag/", params={"specificTag": "t3"}, status=200).json()["tags"]
    assert [t["name"] for t in one] == ["t3"]


def test_a_tag_is_made_moved_and_deleted(api, app, push):
    first, second = push("v1"), push("v2", b"other")
    api.put(f"{app}/tag/new", json={"manifest_digest": first}, status=201)
    api.put(f"{app}/tag/v1", json={"manifest_digest": second}, status=201)
    alive = api.get(f"{app}/tag/", params={"onlyActiveTags": "true"}, status=200).json()["tags"]
    assert {t["name"]: t["manifest_digest"] for t in alive} == {"new": first, "v1": second, "v2": second}
    api.delete(f"{app}/tag/new", status=204)
    problem(api.delete(f"{app}/tag/new"), 404, "not_found")


@pytest.mark.parametrize(("tag", "digest", "status"), [
    ("v9", "sha256:" + "0" * 64, 404), ("v9", "nonsense", 404), ("-bad", None, 400), ("v9", 5, 400)])
def test_a_tag_cannot_be_made_of_nothing(api, app, push, tag, digest, status):
    known = push("v1")
    answer = api.put(f"{app}/tag/{tag}", json={"manifest_digest": known if digest is None else digest})
    assert answer.status_code in {status, 400}, answer.text


def test_a_stranger_cannot_touch_tags(nobody, stranger, app, push):
    digest = push("v1")
    for caller, status, kind in ((nobody, 401, "invalid_token"), (stranger, 403, "insufficient_scope")):
        problem(caller.get(f"{app}/tag/"), status, kind)
        problem(caller.put(f"{app}/tag/x", json={"manifest_digest": digest}), status, kind)
        problem(caller.delete(f"{app}/tag/v1"), status, kind)


def test_the_security_of_a_manifest_has_a_state(api, nobody, app, push):
    digest = push("v1")
    body = api.get(f"{app}/manifest/{digest}/security", status=200).json()
    assert body["status"] in ("queued", "scanned", "unsupported", "failed")
    problem(api.get(f"{app}/manifest/sha256:{'0' * 64}/security"), 404, "not_found")
    problem(nobody.get(f"{app}/manifest/{digest}/security"), 401, "invalid_token")


# Organizations, teams, robots

def test_an_organization_is_made_and_read(api, stranger, nobody, org):
    seen = api.get(f"/organization/{org}", status=200).json()
    assert (seen["name"], seen["is_admin"], seen["is_member"]) == (org, True, True)
    assert seen["email"] == f"{org}@example.com"
    outside = stranger.get(f"/organization/{org}", status=200).json()
    assert (outside["is_admin"], outside["is_member"], outside["email"]) == (False, False, "")
    problem(api.get(f"/organization/{org}-none"), 404, "not_found")


def test_a_team_is_made_and_changed(api, stranger, nobody, org):
    path = f"/organization/{org}/team/builders"
    made = api.put(path, json={"role": "member", "description": "they build"}, status=201).json()
    assert (made["name"], made["role"], made["description"]) == ("builders", "member", "they build")
    changed = api.put(path, json={"role": "creator"}, status=200).json()
    assert (changed["role"], changed["description"]) == ("creator", "they build")
    assert api.get(f"/organization/{org}", status=200).json()["teams"]["builders"]["role"] == "creator"
    assert api.put(path, json={"role": "king"}).status_code == 400
    assert api.put(path, json={}).status_code == 400
    problem(stranger.put(path, json={"role": "admin"}), 403, "insufficient_scope")
    problem(nobody.put(path, json={"role": "admin"}), 401, "invalid_token")


def test_a_robot_is_made_read_and_may_log_in(wharf, api, stranger, nobody, org):
    path = f"/organization/{org}/robots/ci"
    problem(api.get(path), 404, "not_found")
    made = api.put(path, json={"description": "builds"}, status=201).json()
    assert made["name"] == f"{org}+ci" and made["description"] == "builds"
    assert re.fullmatch(r"[A-Z0-9]{64}", made["token"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", made["created"])
    assert api.get(path, status=200).json()["token"] == made["token"]
    assert api.put(path, json={}).status_code == 400  # it is there already
    problem(stranger.get(path), 403, "insufficient_scope")
    problem(nobody.get(path), 401, "invalid_token")
    assert Registry(wharf.url, made["name"], made["token"]).token()
    Registry(wharf.url, made["name"], "wrong").token(status=401)


def test_a_robot_is_made_without_a_body(api, org):
    assert api.put(f"/organization/{org}/robots/bare", status=201).json()["name"] == f"{org}+bare"


# What a token may do

@pytest.mark.parametrize(("scope", "read", "write", "create"), [
    ("repo:read", 200, 403, 403), ("repo:write", 200, 201, 403), ("repo:create", 403, 403, 201),
    ("user:read", 403, 403, 403)])
def test_a_token_is_bounded_by_its_scope(wharf, user, api, app, push, scope, read, write, create):
    digest = push("v1")
    bounded = wharf.api()
    bounded.session.headers["Authorization"] = f"Bearer {wharf.token(user.name, scope)}"
    assert bounded.get(app).status_code == read
    assert bounded.put(f"{app}/tag/x", json={"manifest_digest": digest}).status_code == write
    made = bounded.post("/repository", json={**NEW, "namespace": user.name, "repository": "made"})
    assert made.status_code == create


# The document itself

CONTRACT = {
    "listRepositories", "createRepository", "getRepository", "deleteRepository", "listRepositoryTags", "changeTag",
    "deleteTag", "getManifestSecurity", "getOrganization", "createOrUpdateTeam", "getOrgRobot", "createOrgRobot",
    "getLoggedInUser"}


def test_the_document_names_the_contracts_operations(wharf):
    content = requests.get(wharf.url + "/openapi.json", timeout=30).json()
    assert content["openapi"].startswith("3.1")
    ids = [operation["operationId"] for item in content["paths"].values()
           for verb, operation in item.items() if isinstance(operation, dict) and "operationId" in operation]
    assert CONTRACT <= set(ids) and len(ids) == len(set(ids))


@pytest.mark.parametrize("path", ["/api/v1/nosuch", "/api/v1/", "/nosuch"])
def test_an_unknown_path_answers_404(wharf, path):
    assert requests.get(wharf.url + path, timeout=30).status_code == 404


def test_a_wrong_method_answers_405(wharf):
    assert requests.patch(wharf.url + "/api/v1/user/", timeout=30).status_code == 405
