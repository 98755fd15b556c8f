"""What scripts and Terraform's providers for Quay do: make everything, read it back, change it, make it again, delete
it. Each answer is held against /openapi.json."""
import pytest


@pytest.fixture
def api(wharf, user):
    return wharf.api(user)


def test_everything_is_made_read_back_changed_and_deleted(wharf, user, api):
    org, colleague = f"{user.name}-org", wharf.user(f"{user.name}-colleague").name
    path, app = f"/organization/{org}", f"/repository/{org}/app"

    # Made.
    api.post("/organization/", json={"name": org, "email": f"{org}@example.com"}, status=201)
    api.put(f"{path}/team/devs", json={"role": "member", "description": "who build"}, status=201)
    api.put(f"{path}/team/devs/members/{colleague}", json={}, status=200)
    robot = api.put(f"{path}/robots/ci", json={"description": "builds"}, status=201).json()
    rule = api.post(f"{path}/prototypes", status=200, json={
        "role": "write", "delegate": {"kind": "user", "name": f"{org}+ci"}}).json()
    api.post("/repository", status=201, json={
        "namespace": org, "repository": "app", "visibility": "private", "description": "first"})
    api.put(f"{app}/permissions/team/devs", json={"role": "read"}, status=200)
    api.put(f"{app}/permissions/user/{colleague}", json={"role": "write"}, status=200)

    # Read back as it was made.
    view = api.get(path, status=200).json()
    assert view["email"] == f"{org}@example.com"
    assert view["teams"]["devs"]["role"] == "member" and view["teams"]["devs"]["description"] == "who build"
    members = api.get(f"{path}/team/devs/members", status=200).json()["members"]
    assert [member["name"] for member in members] == [colleague]
    seen = api.get(f"{path}/robots/ci", status=200).json()
    assert seen["token"] == robot["token"] and seen["description"] == "builds"
    assert api.get(f"{path}/prototypes", status=200).json()["prototypes"] == [rule]
    assert api.get(app, status=200).json()["description"] == "first"
    users = api.get(f"{app}/permissions/user/", status=200).json()["permissions"]
    assert {name: each["role"] for name, each in users.items()} == {
        user.name: "admin", colleague: "write", f"{org}+ci": "write"}
    assert api.get(f"{app}/permissions/team/devs", status=200).json() == {"role": "read"}

    # Changed; what is applied twice is as it was after the first time.
    for _ in range(2):
        api.put(path, json={"email": f"new-{org}@example.com"}, status=200)
        assert api.put(f"{path}/team/devs", json={"role": "creator"}, status=200).json()["new_team"] is False
        api.put(f"{path}/prototypes/{rule['id']}", json={"role": "read"}, status=200)
        api.put(app, json={"description": "second"}, status=200)
        api.post(f"{app}/changevisibility", json={"visibility": "public"}, status=200)
        api.put(f"{app}/permissions/team/devs", json={"role": "write"}, status=200)
    view = api.get(path, status=200).json()
    assert view["email"] == f"new-{org}@example.com"
    assert view["teams"]["devs"]["role"] == "creator" and view["teams"]["devs"]["description"] == "who build"
    assert api.get(app, status=200).json()["is_public"] is True
    api.post("/organization/", json={"name": org}, status=400)
    api.put(f"{path}/robots/ci", json={}, status=400)
    api.put(f"{path}/team/devs/members/{colleague}", json={}, status=400)
    assert api.get(f"{path}/robots/ci", status=200).json() == seen

    # Deleted, one by one; then it is gone, and a second deletion says so.
    for gone in (f"{app}/permissions/user/{colleague}", f"{app}/permissions/team/devs",
                 f"{path}/team/devs/members/{colleague}", f"{path}/prototypes/{rule['id']}", f"{path}/robots/ci",
                 f"{path}/team/devs", app, path):
        api.delete(gone, status=204)
    assert api.get(path).status_code == 404
    assert api.delete(path).status_code == 403, "to who administers it no more it is as if it had never been"
