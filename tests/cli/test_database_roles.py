"""Tables that another role owns: that one migrates, pages and workers may do everything with rows and nothing else."""

import json
import secrets
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from tests.system.faults import clean_environment, until

from wharfinger.cli.backup.servers import url_of
from wharfinger.config.environment import read
from wharfinger.config.errors import ConfigurationError


class TwoRoles:
    """A database of the run's server that one role owns and another works in; commands on a home of their own."""

    def __init__(self, server, home, simulator):
        self.server, self.home, self.simulator = server, home, simulator
        mark = secrets.token_hex(4)
        self.database, self.owner_role, self.working_role = f"roles_{mark}", f"owner_{mark}", f"working_{mark}"
        with psycopg.connect(server, autocommit=True) as connection:
            for role in (self.owner_role, self.working_role):
                connection.execute(f"CREATE ROLE {role} LOGIN CREATEDB")
            connection.execute(f"CREATE DATABASE {self.database} OWNER {self.owner_role}")
            self.hba = Path(connection.execute("SHOW hba_file").fetchone()[0])
            self.line = f"local all {self.owner_role},{self.working_role} trust\n"
            self.hba.write_text(self.line + self.hba.read_text())  # in place: it stays its owner's
            connection.execute("SELECT pg_reload_conf()")
        self.owner, self.working = (self.url(role) for role in (self.owner_role, self.working_role))

    def url(self, role):
        return psycopg.conninfo.make_conninfo(url_of(self.server, self.database), user=role)

    def run(self, *words, owner=False):
        given = {"DATABASE_URL": _as_address(self.working), "WHARFINGER_HOME": str(self.home)}
        given |= {"DATABASE_OWNER_URL": _as_address(self.owner)} if owner else {}
        environment = clean_environment(**given, WHARFINGER_SYSTEM="demo", WHARFINGER_SIMULATOR_URL=self.simulator)
        command = [sys.executable, "-m", "wharfinger.cli.main", *words]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=240, check=False)

    def remove(self):
        self.hba.write_text(self.hba.read_text().replace(self.line, ""))
        with psycopg.connect(self.server, autocommit=True) as connection:
            found = connection.execute(
                "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [self.database]
            )
            for (name,) in found.fetchall():
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
            for role in (self.working_role, self.owner_role):
                connection.execute(f"DROP ROLE {role}")


def _as_address(conninfo):
    """The environment takes addresses, not libpq's words."""
    parts = psycopg.conninfo.conninfo_to_dict(conninfo)
    host = str(parts["host"]).replace("/", "%2F").replace("@", "%40")
    password = f":{parts['password']}" if parts.get("password") else ""
    port = f":{parts['port']}" if parts.get("port") else ""
    return f"postgresql://{parts['user']}{password}@{host}{port}/{parts['dbname']}"


@pytest.fixture
def simulator(home):
    """What its sellers list is what the demo's stock is made of."""
    port = home / "port"
    command = [sys.executable, "-m", "amazon_simulator", "--traffic", "0", "--port", "0", "--port-file", str(port)]
    with (home / "simulator.log").open("wb") as log:
        process = subprocess.Popen(command, env=clean_environment(), stdout=log, stderr=log)
    until(lambda: port.exists() and port.read_text().strip(), "the simulator listens")
    yield f"http://127.0.0.1:{port.read_text().strip()}"
    process.terminate()
    process.wait()


@pytest.fixture
def roles(database_url, home, simulator):
    made = TwoRoles(database_url, home, simulator)
    yield made
    made.remove()


@pytest.mark.system
def test_the_owner_migrates_and_the_other_role_works(roles):
    alone = roles.run("migrate")
    assert alone.returncode == 4, alone.stderr
    assert "run “wharfinger migrate” with DATABASE_OWNER_URL" in alone.stderr

    done = roles.run("migrate", owner=True)
    assert done.returncode == 0, done.stderr
    assert f"Pages and workers run as {roles.working_role}" in done.stdout
    assert "already migrated" in roles.run("migrate").stdout

    seeded = roles.run("seed")  # people, items, levels and their movements: rows of many tables, with their triggers
    assert seeded.returncode == 0, seeded.stderr
    assert roles.run("check-ledger").returncode == 0
    kept = roles.run("backup", "--verify")
    assert kept.returncode == 0, kept.stderr
    findings = {row["title"]: row for row in json.loads(roles.run("doctor", "--offline", "--json").stdout)}
    assert (
        findings["Database role"]["told"]
        == f"{roles.working_role} works with the rows, the tables are {roles.owner_role}'s"
    )
    assert findings["Job queue"]["verdict"] == "well"

    with psycopg.connect(roles.working, autocommit=True) as connection:
        movements = connection.execute("SELECT count(*) FROM wharfinger_movement").fetchone()[0]
        assert movements > 0
        for statement in (
            "TRUNCATE wharfinger_movement CASCADE",
            "ALTER TABLE wharfinger_movement DISABLE TRIGGER ALL",
            "DROP TRIGGER IF EXISTS movement_append_only ON wharfinger_movement",
            "DROP TABLE wharfinger_auditentry",
            "CREATE TABLE ours (number int)",
            "SET session_replication_role = replica",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)

    (backup,) = (roles.home / "backups").glob("*.wharfinger")
    restored = roles.run("restore", str(backup), owner=True)
    assert restored.returncode == 0, restored.stderr
    assert roles.run("check-ledger").returncode == 0
    with psycopg.connect(roles.working, autocommit=True) as connection:
        assert connection.execute("UPDATE wharfinger_user SET theme = 'dark'").rowcount > 0
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("DROP TABLE wharfinger_user")


def test_an_owner_without_a_working_role_is_refused():
    with pytest.raises(ConfigurationError, match="DATABASE_OWNER_URL is set without DATABASE_URL"):
        read({"DATABASE_OWNER_URL": "postgresql://owner@localhost/shop"})
    given = {"DATABASE_URL": "postgresql:///shop", "DATABASE_OWNER_URL": "mysql://owner:s3cret@localhost/shop"}
    with pytest.raises(ConfigurationError, match="DATABASE_OWNER_URL begins with “mysql:”") as refused:
        read(given)
    assert "s3cret" not in str(refused.value)
