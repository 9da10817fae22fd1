"""Databases of earlier versions, brought to this one: the form is that of a fresh one, and every row is there."""

import gzip
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from tests.migrated import BINARIES, ROOT, migrated_template

DATA = ROOT / "tests/data"
"""Made by `tests.release.dump`, under the version that made them."""
TOO_OLD = "november-2026"
"""Has had some of the steps only that release 0.1.0 squashed."""
DUMPS = sorted({path.name.removesuffix(".sql.gz") for path in DATA.glob("*.sql.gz")} - {TOO_OLD})
RUN = "WHARFINGER_TEST_RUN"
_environ = os.environ  # noqa: TID251 -- a process of its own is configured here

COLUMNS = """
SELECT table_name, column_name, udt_name, is_nullable, column_default, character_maximum_length, is_identity
FROM information_schema.columns WHERE table_schema = 'public'
"""
INDEXES = """
SELECT tablename, regexp_replace(indexdef, 'INDEX \\S+ ON', 'INDEX ON') FROM pg_indexes
WHERE schemaname = 'public'
"""
CONSTRAINTS = """
SELECT conrelid::regclass::text, contype, pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = 'public'::regnamespace AND conrelid <> 0
"""
TRIGGERS = """
SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
"""


def of_database(url, name):
    return make_conninfo(**{**conninfo_to_dict(url), "dbname": name})


@pytest.fixture
def loaded(database_url):
    """Loads a dump into a database of its own; gives the database's address."""
    made = []

    def load(dump):
        name = f"upgraded_{os.getpid()}"  # two workers at once
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        made.append(name)
        url = of_database(database_url, name)
        text = gzip.decompress((DATA / f"{dump}.sql.gz").read_bytes())
        command = [BINARIES / "psql", "--quiet", "--no-psqlrc", "-v", "ON_ERROR_STOP=1", "-d", url]
        subprocess.run(command, input=text, check=True, stdout=subprocess.DEVNULL)
        return url

    yield load
    with psycopg.connect(database_url, autocommit=True) as connection:
        for name in made:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def wharfinger(url, dump, *command):
    parts = conninfo_to_dict(url)
    place = f"postgresql://{parts.get('user', '')}@/{parts['dbname']}?host={parts['host']}&port={parts['port']}"
    environment = {
        **_environ,
        "DATABASE_URL": place,
        "WHARFINGER_ENCRYPTION_KEY": (DATA / f"{dump}.key").read_text().strip(),
    }
    return subprocess.run(
        [sys.executable, "-m", "wharfinger.cli.main", *command],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def form(url):
    with psycopg.connect(url) as connection:
        queries = (COLUMNS, INDEXES, CONSTRAINTS, TRIGGERS)
        rows = {query: connection.execute(query).fetchall() for query in queries}
        return {query: sorted(tuple(map(_plain, row)) for row in found) for query, found in rows.items()}


def _plain(value):
    """Without the casts and brackets that PostgreSQL adds to a condition when it is dumped and loaded."""
    return re.sub(r"::(?:character varying|text)(?:\[\])?|[()]", "", str(value))


def counts(url):
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
        return {
            name: connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))).fetchone()
            for (name,) in rows
            if not name.startswith(("django_", "auth_", "procrastinate_"))
        }


@pytest.mark.parametrize("dump", DUMPS)
def test_an_older_database_gets_the_form_of_a_fresh_one_and_keeps_every_row(loaded, database_url, dump):
    url = loaded(dump)
    before = counts(url)
    ended = wharfinger(url, dump, "migrate")
    assert (ended.returncode, ended.stderr) == (0, "")
    after = counts(url)
    added = after["wharfinger_flowschedule"] >= before["wharfinger_flowschedule"]  # flows that a later version has
    kept = before | {"wharfinger_flowschedule": after["wharfinger_flowschedule"]}
    assert ({name: after[name] for name in before}, added) == (kept, True)
    assert before["wharfinger_salesorder"] > (20,)
    assert form(url) == form(of_database(database_url, migrated_template(database_url, Path(_environ[RUN]))))


@pytest.mark.parametrize("dump", DUMPS)
def test_what_it_holds_of_people_can_be_read_after_the_upgrade(loaded, dump):
    url = loaded(dump)
    assert wharfinger(url, dump, "migrate").returncode == 0
    findings = json.loads(wharfinger(url, dump, "doctor", "--offline", "--json").stdout)
    assert [row["verdict"] for row in findings if row["title"] == "Personal data"] == ["well"]


def test_squashed_steps_that_a_database_needs_nothing_of_are_noted_as_had(loaded):
    url = loaded("before-0.1.0")
    assert wharfinger(url, "before-0.1.0", "migrate").returncode == 0
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT name FROM django_migrations WHERE app = 'wharfinger'").fetchall()
    assert {"0001_tables", "0002_triggers_and_numbers", "0003_first_rows"} <= {name for (name,) in rows}


def test_a_database_that_had_some_of_the_squashed_steps_is_refused_and_left_as_it_is(loaded):
    url = loaded(TOO_OLD)
    before = counts(url)
    ended = wharfinger(url, TOO_OLD, "migrate")
    assert ended.returncode == 4
    assert "older than version 0.1.0 can begin with: it lacks" in ended.stderr
    assert "Run “wharfinger migrate” of the last revision before 0.1.0 on it, then this one." in ended.stderr
    assert counts(url) == before
