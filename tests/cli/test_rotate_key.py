"""A new key in front, everything encrypted anew; killed anywhere it goes on, and a process that runs follows."""

import argparse
from dataclasses import replace

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings as django_settings
from django.db import DatabaseError, connection, transaction
from tests.factories.accounts import an_account, an_application
from tests.factories.cast import Trading
from tests.factories.ground import NOW
from tests.factories.moments import sales_order, stocked_item
from tests.factories.people import olga_the_owner

from wharfinger.cli import rotate_key
from wharfinger.cli.failures import CommandFailed
from wharfinger.config import environment
from wharfinger.config.secrets import (
    encryption_key_file,
    encryption_key_lines,
    make_missing_secrets,
    parse_encryption_keys,
)
from wharfinger.db.encryption import NotReadable, decrypt, keyed_hash
from wharfinger.db.models import AmazonApplication, AuditEntry, SalesOrder
from wharfinger.operations.installation import key_rotation

pytestmark = pytest.mark.django_db
ROTATE = argparse.Namespace(status=False)


@pytest.fixture
def home(tmp_path, settings):
    """A home whose file holds the key of the tests."""
    before = environment.current()
    (tmp_path / "secrets").mkdir(mode=0o700)
    path = encryption_key_file(tmp_path)
    path.write_text(encryption_key_lines(settings.WHARFINGER.encryption_keys))
    path.chmod(0o600)
    environment.set_for_this_process({"WHARFINGER_ENCRYPTION_KEY": None})
    settings.WHARFINGER = replace(settings.WHARFINGER, home=tmp_path)
    yield tmp_path
    environment.set_for_this_process({"WHARFINGER_ENCRYPTION_KEY": encryption_key_lines(before.encryption_keys)})
    environment.adopt(before)


def a_shop():
    an_application(client_secret="top secret")
    an_account(name="Second", seller_id="A2SECOND", refresh_token="Atzr|x")
    AuditEntry.objects.create(at=NOW, verb="v", noun="n", noun_id="1", before={"a": "Anna"}, after=None)


def keys_in(home):
    return [key_id for key_id, _ in parse_encryption_keys(encryption_key_file(home).read_text(), "it")]


def test_everything_is_encrypted_anew_and_hashes_stay(home, capsys):
    world = Trading()
    sales_order(world, 1, stocked_item(world, "MUG"))
    a_shop()
    olga = olga_the_owner()
    secret, codes = TOTP.activate(olga, "JBSWY3DP").instance, RecoveryCodes.activate(olga)
    hashed = keyed_hash("postcode", "BS1 4DJ")
    before = key_rotation.values_by_key()
    rotate_key.run(ROTATE)
    new, old = keys_in(home)
    assert key_rotation.values_by_key() == {new: before["test"]}
    assert AmazonApplication.objects.get().client_secret == "top secret"
    assert AuditEntry.objects.get(verb="v").before == {"a": "Anna"}
    assert SalesOrder.objects.get().delivery
    secret.refresh_from_db()
    assert decrypt(secret.data["secret"]).decode() == "JBSWY3DP"
    assert RecoveryCodes.activate(olga).generate_codes() == codes.generate_codes()
    assert (old, keyed_hash("postcode", "BS1 4DJ")) == ("test", hashed)
    assert "test: 0 values (makes the hashes of searches)" in capsys.readouterr().out


def test_killed_in_the_middle_it_goes_on_with_the_same_key(home, monkeypatch):
    a_shop()
    monkeypatch.setattr(key_rotation, "AT_ONCE", 1)
    real, columns = rotate_key.encrypt_some_anew, []

    def killed_at_the_second(column, after):
        columns.append(column)
        if len(columns) == 5:
            raise KeyboardInterrupt
        return real(column, after)

    monkeypatch.setattr(rotate_key, "encrypt_some_anew", killed_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        rotate_key.run(ROTATE)
    keys = keys_in(home)
    monkeypatch.setattr(rotate_key, "encrypt_some_anew", real)
    rotate_key.run(ROTATE)
    assert (keys_in(home), set(key_rotation.values_by_key())) == (keys, {keys[0]})


def test_a_process_that_runs_finds_the_new_key_and_writes_with_it(home, settings):
    a_shop()
    running = settings.WHARFINGER
    rotate_key.run(ROTATE)
    settings.WHARFINGER = running
    assert AmazonApplication.objects.get().client_secret == "top secret"
    assert django_settings.WHARFINGER.encryption_keys[0][0] == keys_in(home)[0]


def test_a_lost_key_is_named_and_nothing_more_is_lost(home, settings):
    a_shop()
    encryption_key_file(home).unlink()
    settings.WHARFINGER = replace(settings.WHARFINGER, encryption_keys=())
    make_missing_secrets(home)
    settings.WHARFINGER = replace(settings.WHARFINGER, encryption_keys=environment.keys_of_home(settings.WHARFINGER))
    with pytest.raises(CommandFailed, match="“test”, which is not configured"):
        rotate_key.run(ROTATE)
    with pytest.raises(NotReadable):
        AmazonApplication.objects.get()


def test_keys_of_the_environment_are_the_owners_to_change(home):
    encryption_key_file(home).unlink()
    with pytest.raises(CommandFailed, match="WHARFINGER_ENCRYPTION_KEY"):
        rotate_key._put_a_new_key_in_front()


@pytest.mark.parametrize("change", ["verb = 'x'", "before = NULL", "after = 'x'", "noun_id = '2'"])
def test_only_the_encryption_of_an_audit_entry_may_change(change):
    a_shop()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL wharfinger.encrypts_anew = 'yes'")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute(f"UPDATE wharfinger_auditentry SET {change} WHERE verb = 'v'")
