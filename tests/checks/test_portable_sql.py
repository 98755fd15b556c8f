"""What distributed engines that speak PostgreSQL's protocol lack is not used: docs/adr/0014."""
import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent

LACKING = {
    "advisory locks": r"\bpg_(try_)?advisory",
    "LISTEN and NOTIFY": r"\b(UN)?LISTEN\s+\w|\bNOTIFY\s+\w|\bpg_notify\b",
    "transition tables": r"\bREFERENCING\s+(OLD|NEW)\b|\bFOR\s+EACH\s+STATEMENT\b",
    "exclusion constraints": r"\bEXCLUDE\s+(USING\b|\()",
    "deferrable constraints": r"\bDEFERRABLE\b|\bSET\s+CONSTRAINTS\b",
    "rules": r"\bCREATE\s+(OR\s+REPLACE\s+)?RULE\b",
    "table locks": r"\bLOCK\s+TABLE\b",
    "unlogged and temporary tables": r"\b(UNLOGGED|TEMP|TEMPORARY)\s+TABLE\b",
    "materialized views": r"\bMATERIALIZED\s+VIEW\b",
    "inheritance of tables": r"\bINHERITS\s*\(",
    "system columns": r"\b(ctid|xmin|xmax|tableoid)\b",
    "large objects": r"\blo_(create|import|export|open)\b",
}
# For the release before, until the next one.
ALLOWED = {("src/db/postgres_tx.cc", "advisory locks")}


def used(root):
    """What is used of LACKING: pairs of the file and the name there."""
    files = [file for file in (root / "src").rglob("*") if file.suffix in (".cc", ".h")
             and not file.stem.endswith(("_test", "_bench", "testing"))]
    return {(str(file.relative_to(root)), name) for file in [*files, *(root / "migrations").glob("*.sql")]
            for name, pattern in LACKING.items() if re.search(pattern, file.read_text())}


def test_nothing_is_used_that_distributed_engines_lack():
    assert used(ROOT) == ALLOWED


@pytest.mark.parametrize(("statement", "name"), [
    ("SELECT pg_advisory_lock(1)", "advisory locks"),
    ("SELECT pg_try_advisory_xact_lock(1)", "advisory locks"),
    ("LISTEN news", "LISTEN and NOTIFY"),
    ("NOTIFY news", "LISTEN and NOTIFY"),
    ("SELECT pg_notify('news', '')", "LISTEN and NOTIFY"),
    ("CREATE TRIGGER t AFTER INSERT ON tag\nREFERENCING NEW TABLE AS n", "transition tables"),
    ("CREATE TRIGGER t AFTER INSERT ON tag FOR EACH STATEMENT", "transition tables"),
    ("EXCLUDE USING gist (room WITH =)", "exclusion constraints"),
    ("UNIQUE (name) DEFERRABLE INITIALLY DEFERRED", "deferrable constraints"),
    ("CREATE RULE r AS ON INSERT TO tag", "rules"),
    ("LOCK TABLE tag IN EXCLUSIVE MODE", "table locks"),
    ("CREATE TEMP TABLE t (id BIGINT)", "unlogged and temporary tables"),
    ("CREATE MATERIALIZED VIEW v AS SELECT 1", "materialized views"),
    ("CREATE TABLE t () INHERITS (tag)", "inheritance of tables"),
    ("DELETE FROM tag WHERE ctid = $1", "system columns"),
    ("SELECT lo_create(0)", "large objects")])
@pytest.mark.parametrize("file", ["src/store/x.cc", "migrations/0099_x.sql"])
def test_the_check_sees_it(tmp_path, file, statement, name):
    (tmp_path / file).parent.mkdir(parents=True)
    (tmp_path / file).write_text(f"  -- before\n{statement};\n")
    assert used(tmp_path) == {(file, name)}


@pytest.mark.parametrize("statement", [
    "SELECT id FROM tag FOR UPDATE SKIP LOCKED", "CREATE TRIGGER t AFTER INSERT ON tag FOR EACH ROW",
    "WITH due AS MATERIALIZED (SELECT 1)", "// Nodes do not listen; they notify nobody."])
def test_the_check_lets_what_they_have_pass(tmp_path, statement):
    (tmp_path / "src").mkdir()
    (tmp_path / "src/x.cc").write_text(statement)
    (tmp_path / "src/x_test.cc").write_text("SELECT pg_advisory_lock(1)")
    assert used(tmp_path) == set()
