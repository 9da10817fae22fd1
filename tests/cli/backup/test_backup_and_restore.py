"""A backup is made, proved and restored on a real server; every fault says so and changes nothing."""

import os
import subprocess
import sys
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from tests.migrated import migrated_template

from wharfinger.cli.backup import making, servers
from wharfinger.cli.backup.destinations import Folder, NotKept, destination, opened_file
from wharfinger.cli.backup.recipients import Passphrase, new_secret_key, public_text
from wharfinger.cli.backup.restoring import NotRestored, previous_databases, restore_backup
from wharfinger.cli.backup.sealed import BadFile
from wharfinger.cli.console import print_nothing
from wharfinger.cli.restore_command import known_steps
from wharfinger.config import environment
from wharfinger.config.clock import machine_now
from wharfinger.config.secrets import encryption_key_file, make_missing_secrets
from wharfinger.db.encryption import decrypt_with, encrypt

NOW = datetime(2026, 11, 29, 3, 0, tzinfo=UTC)
PASSPHRASE = "a passphrase for tests"
FAULTS = (BadFile, NotRestored, NotKept, servers.DatabaseProgramFailed)


class Home:
    """An installation: a home with its keys, a migrated database with a person and a secret."""

    def __init__(self, folder, server, template, name, **environ):
        self.url, self.folder = servers.url_of(server, name), folder
        folder.mkdir()
        make_missing_secrets(folder)
        with psycopg.connect(server, autocommit=True) as connection:
            made = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
            connection.execute(made.format(sql.Identifier(name), sql.Identifier(template)))
        given = {"WHARFINGER_HOME": str(folder), "DATABASE_URL": self.url, "WHARFINGER_BACKUP_KEY": PASSPHRASE}
        self.configuration = environment.read({**given, **environ})
        self.run("UPDATE wharfinger_installation SET uid = gen_random_uuid(), system = 'live'")

    def run(self, statement, *values):
        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def fill(self, settings, name="Olga"):
        self.run(
            "INSERT INTO wharfinger_user (username, full_name, password, email, role, is_active, time_zone, theme) "
            "VALUES (%s, %s, '', '', 'administrator', true, 'UTC', 'auto')", name.lower(), name,
        )  # fmt: skip
        settings.WHARFINGER = self.configuration
        self.run(
            "INSERT INTO wharfinger_amazonapplication (name, application_id, client_id, client_secret, "
            "secret_last_four, secret_set_at, kind, is_draft, regions, roles, redirect_uri, queue_url, queue_region, "
            "queue_key_id, queue_secret, queue_last_four, rotation_error) VALUES ('Ours', '1', 'c', %s, 'cret', now(), "
            "'unlisted', true, '[]', '[]', '', '', '', '', '', '', '')", encrypt(b"top secret"),
        )  # fmt: skip
        self.run("INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('q', 'old work')")
        return self

    def back_up(self):
        uid = str(self.run("SELECT uid FROM wharfinger_installation")[0][0])
        return making.make_backup(self.configuration, uid, now=NOW, report=lambda size: None).name

    def file(self, name):
        return self.folder / "backups" / name

    def restore(self, path, opener=None, **changes):
        self.configuration = environment.read({
            "WHARFINGER_HOME": str(self.folder), "DATABASE_URL": self.url, "WHARFINGER_BACKUP_KEY": PASSPHRASE,
        })  # fmt: skip
        return restore_backup(
            self.configuration, opened_file(path), opener or Passphrase(PASSPHRASE), name=path.name,
            console=print_nothing, **{"known_steps": known_steps(), "replaces": False, "now": NOW, **changes},
        )  # fmt: skip

    def people(self):
        return [name for (name,) in self.run("SELECT full_name FROM wharfinger_user ORDER BY 1")]

    def databases(self):
        return set(servers.databases(self.url))


@pytest.fixture
def make_home(database_url, tmp_path, settings):
    template = migrated_template(database_url, Path(os.environ["WHARFINGER_TEST_RUN"]))  # noqa: TID251 -- the run's folder
    names = []

    def make(name, **environ):
        names.append(f"backup_{os.getpid()}_{name}")
        return Home(tmp_path / name, database_url, template, names[-1], **environ)

    yield make
    with psycopg.connect(database_url, autocommit=True) as connection:
        found = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [names[0][:12]])
        for (name,) in found.fetchall():
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def test_a_backup_is_proved_and_restored_elsewhere_as_a_copy_with_its_keys(make_home, settings, tmp_path):
    shop = make_home("shop").fill(settings)
    name = shop.back_up()
    assert oct(shop.file(name).stat().st_mode & 0o777) == "0o600"
    assert b"Olga" not in shop.file(name).read_bytes()
    facts = making.verify_backup(shop.configuration, name, Passphrase(PASSPHRASE))
    assert (facts.rows["wharfinger_user"], facts.system) == (1, "live")
    assert shop.databases() == {servers.database_name(shop.url)}

    other = make_home("other")
    done = other.restore(shop.file(name))
    assert (other.people(), done.kept_as) == (["Olga"], "")
    keys = environment.read({"WHARFINGER_HOME": str(other.folder)}).encryption_keys
    assert keys == shop.configuration.encryption_keys
    ((stored,),) = other.run("SELECT client_secret FROM wharfinger_amazonapplication")
    assert decrypt_with(keys, stored) == b"top secret"
    assert other.run("SELECT count(*) FROM procrastinate_jobs") == [(0,)]
    ((since, place, restored_from),) = other.run(
        "SELECT shadow_since, live_place, restored_from FROM wharfinger_installation"
    )
    assert (since is not None, place, restored_from) == (True, "", name)
    comment = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
    assert other.run(comment) == [(f"wharfinger restored: {name}",)]
    assert other.databases() == {servers.database_name(other.url)}


def test_what_was_there_is_kept_beside_and_its_keys_too(make_home, settings):
    shop = make_home("shop").fill(settings)
    name = shop.back_up()
    shop.run("UPDATE wharfinger_user SET full_name = 'Olga, later'")
    done = shop.restore(shop.file(name))
    assert (shop.people(), set(previous_databases(shop.url))) == (["Olga"], {done.kept_as})
    assert done.kept_as == f"{servers.database_name(shop.url)}_before_20261129_030000"
    stranger = make_home("stranger").fill(settings, "Sten")
    with pytest.raises(NotRestored, match="another installation"):
        stranger.restore(shop.file(name))
    assert stranger.people() == ["Sten"]
    own = stranger.configuration.encryption_keys
    stranger.restore(shop.file(name), replaces=True)
    both = environment.read({"WHARFINGER_HOME": str(stranger.folder)}).encryption_keys
    assert (stranger.people(), both) == (["Olga"], (*own, *shop.configuration.encryption_keys))
    (before,) = encryption_key_file(stranger.folder).parent.glob("encryption.key.before-*")
    assert oct(before.stat().st_mode & 0o777) == "0o600"


def test_every_fault_is_a_sentence_and_changes_nothing(make_home, settings, tmp_path):
    shop = make_home("shop").fill(settings)
    path = shop.file(shop.back_up())
    raw = path.read_bytes()
    (tmp_path / "cut").write_bytes(raw[:-100])
    (tmp_path / "changed").write_bytes(raw[:-300] + b"\0" + raw[-299:])
    (tmp_path / "text").write_text("hello")
    before = shop.databases(), encryption_key_file(shop.folder).read_bytes()
    faults = {
        "cut short": lambda: shop.restore(tmp_path / "cut"),
        "changed": lambda: shop.restore(tmp_path / "changed"),
        "no backup of Wharfinger": lambda: shop.restore(tmp_path / "text"),
        "cannot be read": lambda: shop.restore(tmp_path / "missing"),
        "passphrase is not the one": lambda: shop.restore(path, Passphrase("another passphrase")),
        "opened by passphrase": lambda: shop.restore(path, new_secret_key()),
        "made by a newer version": lambda: shop.restore(
            path, known_steps=[step for step in known_steps() if not step.startswith("wharfinger.002")]
        ),
    }
    for sentence, fault in faults.items():
        with pytest.raises(FAULTS, match=sentence):
            fault()
        assert (shop.databases(), encryption_key_file(shop.folder).read_bytes()) == before
    with psycopg.connect(shop.url), pytest.raises(servers.DatabaseProgramFailed, match="in use"):
        shop.restore(path)
    shop.configuration = replace(shop.configuration, system="demo")
    assert shop.people() == ["Olga"]


def test_a_backup_that_lacks_rows_is_no_proof(make_home, settings, monkeypatch):
    shop = make_home("shop").fill(settings)
    name = shop.back_up()
    facts = making.verify_backup(shop.configuration, name, Passphrase(PASSPHRASE))
    shop.run("DELETE FROM wharfinger_user")
    with pytest.raises(BadFile, match=r"wharfinger_user \(0 rows of 1\)"):
        making.must_be_whole(shop.url, servers.database_name(shop.url), facts)
    with pytest.raises(BadFile, match="keys do not open"):
        making.must_be_whole(
            shop.url, servers.database_name(shop.url), replace(facts, keys=(("x", bytes(32)),), rows={})
        )


def fill_the_disk(folder):
    with Folder(folder, is_own=False).writing("b.wharfinger") as file:
        file.write(b"half")
        raise OSError(28, "No space left on device")


def test_a_folder_that_is_missing_or_full_says_so_and_leaves_no_half_file(make_home, settings, tmp_path):
    shop = make_home("shop", WHARFINGER_BACKUP_TO=str(tmp_path / "not mounted"))
    with pytest.raises(NotKept, match="is not there"):
        shop.back_up()
    with pytest.raises(NotKept, match="No space left on device.*free some space"):
        fill_the_disk(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["shop"]


def test_a_database_that_cannot_be_dumped_says_so(make_home, settings):
    shop = make_home("shop")
    missing = replace(shop.configuration, database_url=servers.url_of(shop.url, "no_such_database"))
    with pytest.raises(servers.DatabaseProgramFailed, match="does not exist"):
        making.make_backup(missing, "", now=NOW, report=lambda size: None)
    assert destination(shop.configuration.backups).listed() == ()


def test_a_public_key_alone_makes_backups_that_its_secret_half_opens(make_home, settings):
    pair = new_secret_key()
    shop = make_home("shop", WHARFINGER_BACKUP_KEY=public_text(pair.public())).fill(settings)
    assert making.verify_backup(shop.configuration, shop.back_up(), pair).rows["wharfinger_user"] == 1


def test_without_a_key_a_passphrase_is_made_once_for_the_owner_to_write_down(make_home, settings):
    shop = make_home("shop", WHARFINGER_BACKUP_KEY="")
    assert making.opener(shop.configuration) == making.opener(shop.configuration)
    path = shop.configuration.backups.passphrase_file
    assert (len(path.read_text().strip()), oct(path.stat().st_mode & 0o777)) == (35, "0o600")


def test_old_backups_go_and_the_newest_stays_whatever_its_age(tmp_path):
    place = Folder(tmp_path, is_own=True)
    for day in (1, 2, 3):
        with place.writing(f"wharfinger-live-2026010{day}-030000.wharfinger") as file:
            file.write(b"x")
    other = tmp_path / "wharfinger-demo-20260101-030000.wharfinger"
    other.write_bytes(b"x")
    late = machine_now() + timedelta(days=400)
    gone = making.remove_old(place, system="live", keep_days=30, now=late)
    assert len(gone) == 2
    assert {path.name for path in tmp_path.iterdir()} == {other.name, "wharfinger-live-20260103-030000.wharfinger"}


def test_no_secret_is_an_argument_of_a_program(monkeypatch):
    url = "postgresql://me:pass%20word@db.example:5433/shop?sslmode=require"
    monkeypatch.setenv("WHARFINGER_ENCRYPTION_KEY", f"k:{b64encode(bytes(32)).decode()}")
    environ = servers.environment_of(url)
    assert {name: environ.get(name) for name in ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGSSLMODE")} == {
        "PGHOST": "db.example", "PGPORT": "5433", "PGUSER": "me", "PGPASSWORD": "pass word", "PGSSLMODE": "require",
    }  # fmt: skip
    assert not {"DATABASE_URL", "WHARFINGER_ENCRYPTION_KEY"} & set(environ)


def test_restore_erases_the_people_whose_time_is_over_since(make_home, settings, tmp_path):
    """By the command itself, as an administrator runs it: before anything of it can be started."""
    shop = make_home("shop", WHARFINGER_SYSTEM="live").fill(settings)
    for code, age in (("C1", "60 days"), ("C2", "1 day")):
        shop.run(
            "INSERT INTO wharfinger_customer (code, generic, generic_month, name, email, address_hash, name_hash, "
            "surname_hash, postcode_hash, email_hash, made_at) VALUES (%s, false, '', %s, '', 'a', 'n', '', '', '', "
            "now() - %s::interval)", code, encrypt(b"Ada Byron"), age,
        )  # fmt: skip
    name = shop.back_up()
    other = make_home("other")
    (tmp_path / "key").write_text(PASSPHRASE)
    environ = {"WHARFINGER_HOME": str(other.folder), "DATABASE_URL": other.url, "WHARFINGER_SYSTEM": "live"}
    command = [sys.executable, "-m", "wharfinger.cli.main", "restore", str(shop.file(name)), "--key-file",
               str(tmp_path / "key")]  # fmt: skip
    done = subprocess.run(command, env={**os.environ, **environ}, capture_output=True, text=True, check=False)  # noqa: TID251 -- a process of its own
    assert (done.returncode, done.stderr.count("Traceback")) == (0, 0), done.stderr
    assert "Personal data of 0 orders, 0 raw messages, 1 customer erased, whose time is over since." in done.stdout
    rows = other.run("SELECT code, name <> '', address_hash, erased_at IS NOT NULL FROM wharfinger_customer ORDER BY 1")
    assert rows == [("C1", False, "", True), ("C2", True, "a", False)]
