"""No statement of the product reads all of a table that grows with the registry, but for those that say why.

The statements are read out of the binary itself, so that none is forgotten, and SQLite is asked how it would run them.
"""
import pathlib
import re
import sqlite3
import struct
import subprocess

import pytest

# Tables that stay short whatever the registry holds, or whose rows are taken off as they are dealt with.
SHORT = {
    "dead_subject", "event_batch", "event_node", "feed_download", "global_message", "immutability_walk",
    "log_day_border", "repository_text_due", "schema_migration", "schema_range", "service_key", "sqlite_sequence",
    "tag_tally_due", "tag_text_due", "tag_text_scope", "vuln_import",
}

# (statement, table): why it may read all of it, or does not although the plan says so.
ALLOWED = {
    ("account.any_user", "account"): "ends at the first user",
    ("count.accounts", "account"): "figures of /metrics, counted in the background",
    ("count.repositories", "repository"): "figures of /metrics, counted in the background",
    ("scan.count", "scan"): "figures of the scanner, for superusers, counted at most once in a while",
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
            assert re.search(r"FOR (UPDATE|SHARE|NO KEY UPDATE|KEY SHARE)|hashtextextended|::|DELETE FROM \w+", sql), sql
            continue
        asked += 1
        used |= {(name, table) for table in tables}
        bad += [f"{name} reads all of {table}" for table in sorted(tables) if (name, table) not in ALLOWED]
    assert not bad, "\n".join(bad)
    assert asked > MANY
    assert set(ALLOWED) <= used, f"need no leave any more: {set(ALLOWED) - used}"


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
