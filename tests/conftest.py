"""Options and fixtures that the end-to-end and the conformance tests share."""
import itertools
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
pytest.register_assert_rewrite("harness")

from harness import images  # noqa: E402
from harness.ceph import Ceph  # noqa: E402
from harness.clients import why_no_containers  # noqa: E402
from harness.postgres import Postgres  # noqa: E402
from harness.registry import Registry  # noqa: E402
from harness.server import Elsewhere, Wharf  # noqa: E402
from harness.openstack_swift import Swift  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent


def pytest_addoption(parser):
    group = parser.getgroup("wharf")
    group.addoption("--engine", choices=("sqlite", "postgres"), default="sqlite", help="the server's database")
    group.addoption("--store", choices=("filesystem", "ceph", "swift"), default="filesystem",
                    help="where the server keeps blobs")
    group.addoption("--wharf", default=str(ROOT / "build/release/wharf"), help="the server's binary")
    group.addoption("--target", default="", help="URL of a registry that runs already, for a dry run without its API")


def pytest_report_header(config):
    target = config.getoption("--target")
    return (f"registry: {target or config.getoption('--wharf')}, database: {config.getoption('--engine')}, "
            f"blobs: {config.getoption('--store')}")


@pytest.fixture(scope="session")
def postgres():
    """A PostgreSQL cluster for the run."""
    cluster = Postgres()
    try:
        yield cluster.start()
    finally:
        cluster.remove()


@pytest.fixture(scope="session")
def object_store(request):
    """An engine with an S3 API for the run: Ceph unless --store says otherwise."""
    cluster = Swift() if request.config.getoption("--store") == "swift" else Ceph()
    try:
        yield cluster.start()
    finally:
        cluster.remove()


@pytest.fixture(scope="session")
def new_server(request, tmp_path_factory):
    """Makes servers with data folders of their own; call it with a name and `settings`. Not started yet. `blobs_there`:
    the blobs are to be in the data folder whatever --store says."""
    made = []

    def make(name, *, data=None, settings=None, blobs_there=False):
        uri, objects = "", None
        if request.config.getoption("--engine") == "postgres":
            uri = request.getfixturevalue("postgres").new_database()
        data = data or tmp_path_factory.mktemp(name) / "data"
        if request.config.getoption("--store") != "filesystem" and not blobs_there:
            # Through the server: most tests read what it answers. Being sent to the store has tests of its own.
            objects = request.getfixturevalue("object_store"), f"/{name}-{len(made)}"
            storage = objects[0].storage(objects[1])
            settings = {"DISTRIBUTED_STORAGE_CONFIG": storage, "FEATURE_PROXY_STORAGE": True, **(settings or {})}
        made.append(Wharf(request.config.getoption("--wharf"), data, database_uri=uri, settings=settings))
        made[-1].objects = objects
        return made[-1]

    yield make
    for server in made:
        server.kill()


@pytest.fixture(scope="session")
def wharf(request, new_server):
    """The server that most tests share, with its first user made."""
    if target := request.config.getoption("--target"):
        yield Elsewhere(target)
        return
    server = new_server("shared").start()
    server.initialize()
    yield server
    server.stop()


_numbers = itertools.count(1)


@pytest.fixture
def can_run_daemons():
    """Leaves a test out where the kernel lets nobody run containers; says why."""
    if reason := why_no_containers():
        pytest.skip(reason)


@pytest.fixture
def user(wharf):
    """A new user of the shared server."""
    return wharf.user(f"user{next(_numbers)}")


@pytest.fixture
def registry(wharf, user):
    """Raw requests to /v2 as the new user."""
    return Registry(wharf.url, user.name, user.password)


@pytest.fixture
def repository(user):
    """A repository name of the new user's that does not exist yet."""
    return f"{user.name}/app"


@pytest.fixture(scope="session")
def debian_root():
    """The tar of a real Debian root, made once and kept in the build folder."""
    return images.debian_root(ROOT / "build/test-cache")
