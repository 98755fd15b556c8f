"""The API's lists over much data, which is put in by SQL: how long one request takes."""
import datetime
import json
import pathlib
import sqlite3
import statistics
import sys
import time

import requests

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests"))

from harness.registry import OCI_CONFIG, OCI_MANIFEST, Registry, descriptor  # noqa: E402
from harness.server import Wharf  # noqa: E402

ENTRIES = 1_000_000  # of the audit log of the organization `busy`
REPOSITORIES = 100_000  # in `many`
TEAMS = 1_000  # in `wide`
MEMBERS = 10_000
DAYS = 50
TAGS = 1_000_000  # in `deep/app`, of 1,000 manifests
DAY_MS = 86_400_000
FOREVER = 2**63 - 1


class Lists:
    """A server of its own. The admin `bench` owns the four organizations; `reader` may read a few repositories."""

    NAME = "lists"

    def __init__(self, folder, binary):
        self.wharf = Wharf(binary, pathlib.Path(folder) / self.NAME / "data")
        self.session = requests.Session()
        self.session.trust_env = False

    def __enter__(self):
        self.wharf.start()
        self.wharf.initialize("bench")
        self.tokens = {"bench": self.wharf.admin.token, "reader": self.wharf.user("reader").token}
        for name in ("busy", "many", "wide", "deep"):
            self.post("/api/v1/organization/", {"name": name, "email": f"{name}@example.com"})
        self.wharf.stop()
        self.fill()
        self.wharf.start()
        self.wait_for_index()
        return self

    def wait_for_index(self):
        """Until the server has indexed the names of the tags, and added up the days of the log, that were put in."""
        with sqlite3.connect(self.wharf.data / "wharf.db") as database:
            while not database.execute(
                    "SELECT EXISTS (SELECT 1 FROM tag_text_scope WHERE next_id > last_id)"
                    "   AND (SELECT before_ms FROM log_day_border) > ?", (self.now - DAY_MS,)).fetchone()[0]:
                time.sleep(0.5)

    def __exit__(self, *_):
        self.wharf.stop()

    def post(self, path, body):
        answer = self.session.post(self.wharf.url + path, json=body,
                                   headers={"Authorization": f"Bearer {self.tokens['bench']}"})
        if answer.status_code not in (200, 201):
            raise SystemExit(f"bench: {path}: {answer.status_code} {answer.text[:500]}")

    def get(self, path, who="bench"):
        answer = self.session.get(self.wharf.url + path, headers={"Authorization": f"Bearer {self.tokens[who]}"})
        if answer.status_code != 200:
            raise SystemExit(f"bench: {path}: {answer.status_code} {answer.text[:500]}")
        return answer

    def fill(self):
        database = sqlite3.connect(self.wharf.data / "wharf.db")
        database.execute("PRAGMA synchronous = OFF")
        ids = dict(database.execute("SELECT name, id FROM account"))
        self.now = int(time.time() * 1000)
        with database:
            self.fill_log(database, ids)
            self.fill_repositories(database, ids)
            self.fill_teams(database, ids)
            self.fill_tags(database, ids)
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()

    def fill_log(self, database, ids):
        metadata = json.dumps({"repo": "app", "namespace": "busy", "tag": "latest", "user-agent": "docker/24.0.7"})
        step = DAYS * DAY_MS // ENTRIES
        database.execute("DELETE FROM log_day")
        database.execute("UPDATE log_day_border SET before_ms = 0")
        # `reader` did something once in ten thousand entries.
        database.executemany(
            "INSERT INTO log_entry (at_ms, kind, namespace_id, performer_id, address, metadata) VALUES (?,?,?,?,?,?)",
            ((self.now - (ENTRIES - n) * step, "pull_repo" if n % 10 else "push_repo", ids["busy"],
              ids["reader"] if n % 10_000 == 0 else ids["bench"], "192.0.2.1", metadata) for n in range(ENTRIES)))

    def fill_repositories(self, database, ids):
        first = (database.execute("SELECT max(id) FROM repository").fetchone()[0] or 0) + 1
        every = range(first, first + REPOSITORIES)
        database.executemany(
            "INSERT INTO repository (id, namespace_id, name, visibility, badge_token, created_ms)"
            " VALUES (?, ?, ?, 'private', '', ?)", ((n, ids["many"], f"app-{n}", self.now) for n in every))
        database.executemany(
            "INSERT INTO manifest (id, repository_id, digest, media_type, content, is_list, layers_size_bytes,"
            " created_ms) VALUES (?, ?, ?, 'application/json', x'7b7d', 0, 1, ?)",
            ((n, n, f"sha256:{n:064x}", self.now) for n in every))
        database.executemany("INSERT INTO tag (repository_id, name, manifest_id, start_ms) VALUES (?, 'latest', ?, ?)",
                             ((n, n, self.now) for n in every))
        database.executemany("INSERT INTO repository_permission (repository_id, account_id, role) VALUES (?, ?, 3)",
                             ((n, ids["bench"]) for n in every))
        database.executemany("INSERT INTO repository_permission (repository_id, account_id, role) VALUES (?, ?, 1)",
                             ((n, ids["reader"]) for n in every if n % 2000 == 0))

    def fill_teams(self, database, ids):
        first = database.execute("SELECT max(id) FROM account").fetchone()[0] + 1
        members = range(first, first + MEMBERS)
        database.executemany(
            "INSERT INTO account (id, uuid, kind, name, email, created_ms) VALUES (?, ?, 'user', ?, ?, ?)",
            ((n, f"bench-{n}", f"person-{n}", f"person-{n}@example.com", self.now) for n in members))
        first_team = database.execute("SELECT max(id) FROM team").fetchone()[0] + 1
        database.executemany("INSERT INTO team (id, organization_id, name, role, created_ms) VALUES (?, ?, ?, 1, ?)",
                             ((first_team + n, ids["wide"], f"team-{n}", self.now) for n in range(TEAMS)))
        database.executemany("INSERT INTO team_member (team_id, account_id) VALUES (?, ?)",
                             ((first_team + n % TEAMS, member) for n, member in enumerate(members)))

    def fill_tags(self, database, ids):
        repository = database.execute("SELECT max(id) FROM repository").fetchone()[0] + 1
        first = database.execute("SELECT max(id) FROM manifest").fetchone()[0] + 1
        database.execute("INSERT INTO repository (id, namespace_id, name, visibility, badge_token, created_ms)"
                         " VALUES (?, ?, 'app', 'private', '', ?)", (repository, ids["deep"], self.now))
        database.executemany(
            "INSERT INTO manifest (id, repository_id, digest, media_type, content, is_list, layers_size_bytes,"
            " created_ms) VALUES (?, ?, ?, 'application/json', x'7b7d', 0, 1, ?)",
            ((first + n, repository, f"sha256:{n:064x}", self.now) for n in range(1_000)))
        # One name in a thousand is `release`; and `latest` was moved a thousand times.
        database.executemany(
            "INSERT INTO tag (repository_id, name, manifest_id, start_ms, end_ms) VALUES (?, ?, ?, ?, ?)",
            ((repository, f"{'build' if n % 1_000 else 'release'}-{n}", first + n % 1_000,
              self.now - (TAGS - n) * 1_000, FOREVER) for n in range(TAGS)))
        database.executemany(
            "INSERT INTO tag (repository_id, name, manifest_id, start_ms, end_ms, moved)"
            " VALUES (?, 'latest', ?, ?, ?, 1)",
            ((repository, first + n, self.now - (1_000 - n) * 1_000, self.now - (999 - n) * 1_000)
             for n in range(1_000)))

    def milliseconds(self, path, who="bench", times=15):
        """The median of one request's time."""
        taken = []
        for _ in range(times):
            began = time.perf_counter()
            self.get(path, who)
            taken.append((time.perf_counter() - began) * 1000)
        return statistics.median(taken)

    def last_page(self, path, who="bench"):
        """The path of a list's last page."""
        separator = "&" if "?" in path else "?"
        last = path
        while token := self.get(last, who).json().get("next_page"):
            last = f"{path}{separator}next_page={token}"
        return last

    def requests(self):
        """(title, path, who) of every row."""
        def day(back):
            return datetime.datetime.fromtimestamp(self.now / 1000 - back * 86_400, datetime.UTC).strftime("%m/%d/%Y")
        log = "/api/v1/organization/busy"
        tags = "/api/v1/repository/deep/app/tag/"
        all_days = f"starttime={day(DAYS + 1)}"
        return [
            ("log of 1,000,000 entries, first page", f"{log}/logs?{all_days}", "bench"),
            ("the same, oldest page", f"{log}/logs?{all_days}&endtime={day(DAYS)}", "bench"),
            ("the same, of one performer in 10,000 entries", f"{log}/logs?{all_days}&performer=reader", "bench"),
            ("the same, of the whole registry", f"/api/v1/superuser/logs?{all_days}", "bench"),
            ("the same, 30 days added up", f"{log}/aggregatelogs?starttime={day(29)}&endtime={day(0)}", "bench"),
            ("100,000 repositories, first page", "/api/v1/repository?namespace=many", "bench"),
            ("the same, last page", self.last_page("/api/v1/repository?namespace=many"), "bench"),
            ("the same, by who may see 50 of them", "/api/v1/repository?namespace=many", "reader"),
            ("the same, all that the caller may see", "/api/v1/repository", "reader"),
            ("organization of 1,000 teams and 10,000 members", "/api/v1/organization/wide", "bench"),
            ("its members", "/api/v1/organization/wide/members", "bench"),
            ("1,000,000 tags, first page", f"{tags}?limit=100", "bench"),
            ("the same, live ones alone", f"{tags}?limit=100&onlyActiveTags=true", "bench"),
            ("the same, last page", f"{tags}?limit=100&page={TAGS // 100}", "bench"),
            ("the same, a page in the middle", f"{tags}?limit=100&page={TAGS // 200}", "bench"),
            ("the same, last page of the live ones", f"{tags}?limit=100&onlyActiveTags=true&page={TAGS // 100}", "bench"),
            ("the same, names with release", f"{tags}?filter_tag_name=like:release", "bench"),
            ("the same, names that there are none of", f"{tags}?filter_tag_name=like:nothing", "bench"),
            ("the same, one name", f"{tags}?filter_tag_name=eq:build-77777", "bench"),
            ("the same, history of one name, page 10", f"{tags}?specificTag=latest&limit=100&page=10", "bench"),
            ("the repository with its newest tags", "/api/v1/repository/deep/app", "bench"),
        ]


    PUSHES = 200

    def pushes(self, repository, round_):
        """Milliseconds of the median push of a manifest under a new tag."""
        registry = self.registry
        entry = descriptor(b"{}", OCI_CONFIG)
        registry.push_blob(repository, b"{}")
        taken = []
        for n in range(self.PUSHES):
            manifest = json.dumps({"schemaVersion": 2, "mediaType": OCI_MANIFEST, "config": entry, "layers": [],
                                   "annotations": {"round": f"{repository}-{round_}-{n}"}}).encode()
            began = time.perf_counter()
            registry.push_manifest(repository, f"pushed-{round_}-{n}", manifest)
            taken.append((time.perf_counter() - began) * 1000)
        return statistics.median(taken)

    def walk(self):
        """(milliseconds to the first page, seconds for all, names, MiB that the server grew by) of /v2/…/tags/list."""
        # Its own memory: SQLite maps the file of the database besides, which the kernel takes back when it likes.
        before = peak = self.wharf.resident_kib("RssAnon")
        path, names, pages = "/v2/deep/app/tags/list", 0, 0
        began = time.perf_counter()
        first = None
        while path:
            answer = self.registry.get(path, status=200)
            first = first or (time.perf_counter() - began) * 1000
            names += len(answer.json()["tags"])
            path = answer.links.get("next", {}).get("url", "")
            pages += 1
            if pages % 100 == 0:
                peak = max(peak, self.wharf.resident_kib("RssAnon"))
        seconds = time.perf_counter() - began
        return first, seconds, names, (peak - before) / 1024

    def measures(self):
        """(title, unit, value) of what is more than one request."""
        self.registry = Registry(self.wharf.url, "$oauthtoken", self.tokens["bench"])
        self.pushes("deep/app", 0)
        big = statistics.median([self.pushes("deep/app", n) for n in range(1, 4)])
        empty = statistics.median([self.pushes(f"deep/empty-{n}", n) for n in range(1, 4)])
        first, seconds, names, grown = self.walk()
        return [
            ("push of a manifest into the 1,000,000 tags", "ms", big),
            ("the same, into an empty repository", "ms", empty),
            ("/v2/…/tags/list of them, first page", "ms", first),
            (f"the same, all {names:,} names by their pages", "s", seconds),
            ("the same, memory of its own that the server grew by", "MiB", grown),
        ]


if __name__ == "__main__":  # for whoever tunes one of them
    import tempfile
    with tempfile.TemporaryDirectory(prefix="lists-") as folder, Lists(folder, sys.argv[1]) as lists:
        for title, path, who in lists.requests():
            print(f"{lists.milliseconds(path, who):9.2f} ms  {title}", flush=True)
        for title, unit, value in lists.measures():
            print(f"{value:9.2f} {unit}  {title}", flush=True)
