"""No statement of the product reads all of a table that grows with the registry, but for those that say why.

The statements are read out of the binary itself, so that none is forgotten, and both engines are asked how they would
run them.
"""
import json
import os
import pathlib
import re
import sqlite3
import struct
import subprocess

import pytest

from harness.process import run

# Tables that stay short whatever the registry holds, or whose rows are taken off as they are dealt with.
SHORT = {
    "dead_subject", "event_batch", "event_node", "feed_download", "global_message", "immutability_walk",
    "lock_slot", "log_day_border", "registry_identity", "repository_text_due", "schema_migration", "schema_range",
    "service_key", "sqlite_sequence", "storage_location", "tag_tally_due", "tag_text_due", "tag_text_scope", "vuln_import",
}

# (statement, table): why it may read all of it, or does not although the plan says so.
ALLOWED = {
    ("account.any_user", "account"): "ends at the first user",
    ("count.accounts", "account"): "figures of /metrics, counted in the background",
    ("count.repositories", "repository"): "figures of /metrics, counted in the background",
    ("left.elsewhere", "blob"): "what a move has before it, counted once when it begins",
    ("scan.count", "scan"): "figures of the scanner, for superusers, counted at most once in a while",
    ("search.repositories_named", "repository"): "popular ones first, up to the page: for parts that many names have",
    ("search.repositories_described", "repository"): "popular ones first, up to the page: as for names",
    ("transfer.used", "account"): "ends at the first row",
}

# The same on PostgreSQL, where it plans otherwise, and here without knowing the parameters.
ALLOWED_ON_POSTGRES = {
    ("account.any_user", "account"): "ends at the first user",
    ("count.accounts", "account"): "figures of /metrics, counted in the background",
    ("count.repositories", "repository"): "figures of /metrics, counted in the background",
    ("insight.image_findings", "tag"): "in the background; one by one when there are many more tags than images a page",
    ("left.elsewhere", "blob"): "what a move has before it, counted once when it begins",
    ("repository.list_all", "account"): "goes by repositories where it knows whether a namespace is given",
    ("scan.count", "scan"): "figures of the scanner, for superusers, counted at most once in a while",
    ("scan.want_older", "scan"): "after an upgrade whose scanner reads layers otherwise",
    ("search.repositories_named", "repository"): "popular ones first, up to the page: for parts that many names have",
    ("search.repositories_described", "repository"): "popular ones first, up to the page: as for names",
    ("transfer.used", "account"): "ends at the first row",
}

MANY = 500  # statements that there are at least, so that a reader of binaries that finds none is noticed


def statements(binary):
    """{(name, SQL)} of every db::Query in an ELF file: two pointers beside each other, set by relocations."""
    data = binary.read_bytes()
    at, = struct.unpack_from("<Q", data, 40)
    size, count = struct.unpack_from("<HH", data, 58)
    sections = [struct.unpack_from("<IIQQQQIIQQ", data, at + n * size) for n in range(count)]

    def text(address):
        for _, kind, _, start, offset, length, *_ in sections:
            if kind == 1 and start and start <= address < start + length:  # SHT_PROGBITS
                first = offset + address - start
                return data[first:data.index(b"\0", first)].decode("utf-8", "replace")
        return ""

    pointers = {}
    for _, kind, _, _, offset, length, *_ in sections:
        if kind != 4:  # SHT_RELA
            continue
        for place, info, target in struct.iter_unpack("<QQq", data[offset:offset + length]):
            if info & 0xffffffff in (8, 1027):  # R_X86_64_RELATIVE, R_AARCH64_RELATIVE
                pointers[place] = target
    found = set()
    for place, target in pointers.items():
        name = text(target) if place + 8 in pointers else ""
        sql = text(pointers[place + 8]) if re.fullmatch(r"[a-z0-9_]+\.[a-z0-9_]+", name) else ""
        if re.match(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b", sql):
            found.add((name, sql))
    return found


def scans(database, sql):
    """Tables that SQLite reads from end to end for `sql`; an index with a condition of its own is no such end."""
    tables = {name for name, in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    partial = {name for name, in database.execute("SELECT name FROM sqlite_master WHERE type = 'index' "
                                                  "AND sql LIKE '% WHERE %' AND sql NOT LIKE '%deleted_ms IS NULL'")}
    called = {}  # alias -> the tables that it stands for somewhere in the statement
    for table, alias in re.findall(r"\b(?:FROM|JOIN|,|UPDATE|INTO)\s*(\w+)(?:\s+AS)?(?:\s+(\w+))?", sql):
        if table in tables:
            called.setdefault(table, set()).add(table)
            called.setdefault(alias, set()).add(table)
    parameters = {number: None for number in re.findall(r"\$(\d+)", sql)}
    plan = [detail for *_, detail in database.execute("EXPLAIN QUERY PLAN " + sql, parameters)]
    made = {detail.split()[1] for detail in plan if re.match(r"(MATERIALIZE|CO-ROUTINE) \w+", detail)}
    found = set()
    for detail in plan:
        scan = re.fullmatch(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?", detail)
        if scan and scan[1] not in made and scan[2] not in partial:
            found |= called.get(scan[1], set())
    return found


@pytest.fixture(name="database", scope="module")
def fixture_database(request, tmp_path_factory):
    """A new database of the binary's own making."""
    folder = tmp_path_factory.mktemp("plans")
    binary = request.config.getoption("--wharf")
    subprocess.run([binary, "user", "create", "somebody", "--data", folder], check=True, capture_output=True)
    database = sqlite3.connect(folder / "wharf.db")
    yield database
    database.close()


def test_no_statement_reads_a_long_table_from_end_to_end(request, database):
    found, bad, used = statements(pathlib.Path(request.config.getoption("--wharf"))), [], set()
    assert len(found) > MANY
    asked = 0
    for name, sql in sorted(found):
        try:
            tables = scans(database, sql) - SHORT
        except sqlite3.OperationalError:  # a text for PostgreSQL alone
            assert re.search(r"FOR (UPDATE|SHARE|NO KEY UPDATE|KEY SHARE)|hashtextextended|::|DELETE FROM \w+"
                             r"|lock_slot|set_config|clock_timestamp", sql), sql
            continue
        asked += 1
        used |= {(name, table) for table in tables}
        bad += [f"{name} reads all of {table}" for table in sorted(tables) if (name, table) not in ALLOWED]
    assert not bad, "\n".join(bad)
    assert asked > MANY
    assert set(ALLOWED) <= used, f"need no leave any more: {set(ALLOWED) - used}"


class Plans:
    """A PostgreSQL with the binary's schema and rows in every table, and how it runs statements.

    Each value is another one, for an index to be worth it; whether rows fit each other does not matter. Ways that are
    good for short tables alone are made dear."""

    FILL = """
    DO $$ DECLARE part RECORD; BEGIN
      FOR part IN SELECT conrelid::regclass AS of, conname FROM pg_constraint
                   WHERE contype IN ('c', 'f') AND connamespace = 'public'::regnamespace LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', part.of, part.conname);
      END LOOP;
      FOR part IN SELECT format('%I', table_name) AS of, string_agg(format('%I', column_name), ', ') AS columns,
                         string_agg(format(CASE is_nullable WHEN 'YES' THEN 'CASE WHEN i %% 10 = 0 THEN %s END'
                                             ELSE '%s' END,
                                           CASE data_type WHEN 'bigint' THEN 'i' WHEN 'boolean' THEN 'i % 2 = 0'
                                             WHEN 'text' THEN '''x'' || i' WHEN 'bytea' THEN 'int8send(i)'
                                             ELSE 'i::' || data_type END), ', ') AS items
                    FROM information_schema.columns WHERE table_schema = 'public' AND column_name <> 'deleted_ms'
                     AND is_generated = 'NEVER' GROUP BY table_name LOOP
        EXECUTE format('INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM generate_series(1000, 3000) i '
                       'ON CONFLICT DO NOTHING', part.of, part.columns, part.items);
      END LOOP;
    END $$;
    ANALYZE;
    """
    SETTINGS = ("SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; "
                "SET enable_material = off; SET plan_cache_mode = force_generic_plan;\n")

    def __init__(self, binary, cluster, folder):
        self.uri = cluster.new_database()
        environment = {**os.environ, "WHARF_DB_URI": self.uri}
        run([binary, "user", "create", "somebody", "--data", folder], env=environment)
        self.ask("\\set ON_ERROR_STOP on\n" + self.FILL)
        rows = self.ask("SELECT indexrelid::regclass, pg_get_indexdef(indexrelid, 1, true), indpred IS NOT NULL "
                        "AND pg_get_expr(indpred, indrelid) NOT LIKE '%deleted_ms IS NULL%' FROM pg_index;\n")
        self.indexes = {}  # name -> what it begins with, whether it has a condition of its own
        for name, first, partial in (row.split("|") for row in rows.splitlines()):
            self.indexes[name] = first, partial == "t"

    def ask(self, script):
        return run(["psql", self.uri, "-qAtX", "-f", "-"], input=script).stdout

    def scans(self, statements):
        """For each statement the tables that are read from end to end, or None if it is not for PostgreSQL."""
        script = [self.SETTINGS]
        for number, sql in enumerate(statements):
            parameters = len(set(re.findall(r"\$\d+", sql)))
            values = f"({', '.join(['NULL'] * parameters)})" if parameters else ""
            # Types are the program's to say; where nothing else does, any number will do.
            types = f"({', '.join(['BIGINT'] * parameters)})" if re.search(r"\$\d+ \+ \$\d+", sql) else ""
            script.append(f"\\echo @@{number}\nPREPARE s{number} {types} AS {sql.strip()};\n"
                          f"EXPLAIN (FORMAT JSON) EXECUTE s{number} {values};\nDEALLOCATE s{number};\n")
        parts = re.split(r"^@@(\d+)\n", self.ask("".join(script)), flags=re.MULTILINE)
        found = [None] * len(statements)
        for number, text in zip(map(int, parts[1::2]), parts[2::2]):
            if text.strip():
                found[number] = self.ends(json.loads(text)[0]["Plan"])
        return found

    def ends(self, node, table=""):
        """Tables that a plan reads from end to end, or an index of theirs."""
        table, found = node.get("Relation Name", table), set()
        if table.startswith("pg_"):
            pass
        elif node["Node Type"] == "Seq Scan":
            found.add(table)
        elif "Index Name" in node:
            first, partial = self.indexes[node["Index Name"]]
            if not partial and not re.search(rf"\b{re.escape(first)}", node.get("Index Cond", "")):
                found.add(table)
        return found.union(*(self.ends(child, table) for child in node.get("Plans", ())))


@pytest.fixture(name="plans", scope="module")
def fixture_plans(request, postgres, tmp_path_factory):
    return Plans(request.config.getoption("--wharf"), postgres, tmp_path_factory.mktemp("plans"))


def test_no_statement_reads_a_long_table_from_end_to_end_on_postgres(request, plans):
    found = sorted(statements(pathlib.Path(request.config.getoption("--wharf"))))
    bad, asked = [], 0
    for (name, sql), tables in zip(found, plans.scans([sql for _, sql in found])):
        if tables is None:  # a text for SQLite alone
            assert re.search(r"MATCH|(repository|tag)_text\b|_text_(due|scope)|sqlite_|pragma_|search.count_", name + sql)
            continue
        asked += 1
        bad += [f"{name} reads all of {table}" for table in sorted(tables - SHORT)
                if (name, table) not in ALLOWED_ON_POSTGRES]
    assert not bad, "\n".join(bad)
    assert asked > MANY


def test_the_check_tells_a_scan_from_a_search_on_postgres(plans):
    rows = [("SELECT id FROM tag t WHERE t.start_ms = $1", {"tag"}),
            ("SELECT id FROM tag t WHERE t.repository_id = $1", set()),
            ("SELECT count(*) FROM manifest", {"manifest"}),
            ("SELECT 1 WHERE EXISTS (SELECT 1 FROM blob b JOIN tag t ON t.id = b.size_bytes)", {"blob"}),
            ("DELETE FROM star WHERE repository_id + 0 = $1", {"star"}),
            ("SELECT name FROM account WHERE description = $1", {"account"}),
            ("SELECT rowid FROM repository_text WHERE repository_text MATCH $1", None)]
    assert plans.scans([sql for sql, _ in rows]) == [tables for _, tables in rows]


@pytest.mark.parametrize(("sql", "tables"), [
    ("SELECT id FROM tag t WHERE t.name = $1", {"tag"}),
    ("SELECT id FROM tag t WHERE t.repository_id = $1", set()),
    ("SELECT count(*) FROM manifest", {"manifest"}),
    ("SELECT 1 WHERE EXISTS (SELECT 1 FROM blob b JOIN tag t ON t.id = b.size_bytes)", {"blob"}),
    ("DELETE FROM star WHERE repository_id + 0 = $1", {"star"}),
    ("SELECT scan.status FROM scan WHERE wanted", set()),
])
def test_the_check_tells_a_scan_from_a_search(database, sql, tables):
    assert scans(database, sql) == tables
