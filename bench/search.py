"""Search over many repositories and users, which are put in by SQL: how long one request takes."""
import pathlib
import sqlite3
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests"))

from lists import Lists  # noqa: E402

REPOSITORIES = 100_000  # every second one public
NAMESPACES = 1_000
USERS = 10_000
FEW = 50  # that `reader` was given
WORDS = ("web", "db", "api", "cache", "proxy", "worker", "gateway", "metrics", "auth", "queue")


class Search(Lists):
    """A server of its own. `bench` sees what is public, `reader` a few more, `admin` all that the organizations have."""

    NAME = "search"

    def __enter__(self):
        self.wharf.start()
        self.wharf.initialize("admin")
        self.tokens = {"admin": self.wharf.admin.token,
                       "bench": self.wharf.user("bench").token, "reader": self.wharf.user("reader").token}
        self.wharf.stop()
        self.fill()
        self.wharf.start()
        self.wait_for_index()
        return self

    def fill(self):
        database = sqlite3.connect(self.wharf.data / "wharf.db")
        database.execute("PRAGMA synchronous = OFF")
        ids = dict(database.execute("SELECT name, id FROM account"))
        now = int(time.time() * 1000)
        first = database.execute("SELECT max(id) FROM account").fetchone()[0] + 1
        owner = first + NAMESPACES
        with database:
            database.executemany(
                "INSERT INTO account (id, uuid, kind, name, created_ms) VALUES (?, ?, 'organization', ?, ?)",
                ((first + n, f"org-{n}", f"org-{n:04}", now) for n in range(NAMESPACES)))
            database.executemany(
                "INSERT INTO account (id, uuid, kind, name, email, created_ms) VALUES (?, ?, 'user', ?, ?, ?)",
                ((owner + n, f"user-{n}", f"person-{n}", f"person-{n}@example.com", now) for n in range(USERS)))
            database.executemany(
                "INSERT INTO team (organization_id, name, role, created_ms) VALUES (?, 'owners', 3, ?)",
                ((first + n, now) for n in range(NAMESPACES)))
            database.execute("INSERT INTO team_member (team_id, account_id) SELECT id, ? FROM team", (ids["admin"],))
            begin = (database.execute("SELECT max(id) FROM repository").fetchone()[0] or 0) + 1
            every = range(begin, begin + REPOSITORIES)
            database.executemany(
                "INSERT INTO repository (id, namespace_id, name, visibility, badge_token, created_ms, description)"
                " VALUES (?, ?, ?, ?, '', ?, ?)",
                ((n, first + n % NAMESPACES, f"{WORDS[n % 10]}-{WORDS[n // 10 % 10]}-{n}",
                  "public" if n % 2 else "private", now,
                  f"Container image number {n}: runs the {WORDS[n // 100 % 10]} service of a team in production.")
                 for n in every))
            database.executemany("INSERT INTO repository_day (repository_id, day, actions) VALUES (?, ?, ?)",
                                 ((n, now // 86_400_000, n * 7919 % 1000) for n in every))
            database.executemany(
                "INSERT INTO repository_permission (repository_id, account_id, role) VALUES (?, ?, 1)",
                ((n, ids["reader"]) for n in every if n % (REPOSITORIES // FEW) == 0))
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()

    def wait_for_index(self):
        """Until the server has indexed what was put in."""
        database = sqlite3.connect(self.wharf.data / "wharf.db")
        while database.execute("SELECT EXISTS (SELECT 1 FROM repository_text_due)").fetchone()[0]:
            time.sleep(0.1)
        database.close()

    def measures(self):
        return []

    def requests(self):
        """(title, path, who) of every row."""
        find = "/api/v1/find/repositories?query="
        return [
            ("search of 100,000 repositories, a common word", f"{find}web", "bench"),
            ("the same, its last page", f"{find}web&page=10", "bench"),
            ("the same, one repository", f"{find}web-web-{REPOSITORIES - 100}", "admin"),
            ("the same, one letter", f"{find}w", "bench"),
            ("the same, two letters that nothing has", f"{find}zq", "bench"),
            ("the same, a word that nothing has", f"{find}nothing", "bench"),
            ("the same, a common word of descriptions", f"{find}production", "bench"),
            ("the same, a rare one", f"{find}number+{REPOSITORIES // 2 + 1}:", "bench"),
            ("the same, everything, by an admin of 1,000 organizations", find, "admin"),
            ("the same, a common word by that admin", f"{find}gateway", "admin"),
            ("the same, in one namespace", f"{find}org-0500/web", "bench"),
            ("the same, with usage", f"{find}web&includeUsage=true", "reader"),
            ("search of everything, a common word", "/api/v1/find/all?query=web", "admin"),
            ("search of everything, a person", "/api/v1/find/all?query=person-77", "reader"),
            ("entities among 10,000 users", "/api/v1/entities/person-7?namespace=org-0500&includeTeams=true", "admin"),
        ]


if __name__ == "__main__":  # for whoever tunes one of them
    import tempfile
    with tempfile.TemporaryDirectory(prefix="search-") as folder, Search(folder, sys.argv[1]) as search:
        for title, path, who in search.requests():
            print(f"{search.milliseconds(path, who):9.2f} ms  {title}", flush=True)
