"""Settings, Backups: what is kept, one wanted now, and the word that makes a copy the live installation."""

from datetime import timedelta

import pytest
from tests.factories.ground import NOW

from wharfinger.db.models import Backup, Installation
from wharfinger.db.queries.installation.live import is_copy
from wharfinger.domain.installation.people import Role

pytestmark = pytest.mark.django_db


def a_backup(**values):
    defaults = {
        "name": "wharfinger-live-1.wharfinger", "place": "/backups", "state": "done", "cause": "nightly",
        "wanted_at": NOW, "began_at": NOW, "size": 2_500_000,
    }  # fmt: skip
    return Backup.objects.create(**{**defaults, **values})


def test_the_list_says_when_how_large_and_whether_it_was_verified(sign_in):
    a_backup(verified_at=NOW + timedelta(minutes=5))
    a_backup(name="", state="failed", error="The disk is full: free some space.", size=0)
    page = sign_in().get("/settings/backups/").text
    assert all(text in page for text in ("wharfinger-live-1.wharfinger", "2.4", "The disk is full", "Nightly", "Made"))


def test_one_is_wanted_once_and_its_progress_is_shown(sign_in):
    client = sign_in()
    for _ in range(2):
        assert client.post("/settings/backups/now/").status_code == 302
    row = Backup.objects.get()
    assert (row.state, row.cause) == ("wanted", "person")
    assert "hx-get" in client.get("/settings/backups/").text
    a_backup()
    Backup.objects.filter(pk=row.pk).update(state="running", size=1_000_000)
    assert 'value="40"' in client.get("/settings/backups/").text


@pytest.mark.parametrize("role", [Role.MANAGER, Role.VIEWER])
def test_only_administrators_see_them(sign_in, role):
    client = sign_in(role)
    assert client.get("/settings/backups/").status_code == 403
    assert client.post("/settings/backups/now/").status_code == 403
    assert client.post("/settings/backups/live/", {"former_is_stopped": "on"}).status_code == 403
    assert not Backup.objects.exists()


def test_a_copy_says_so_on_every_page_and_goes_live_when_the_former_one_is_stopped(sign_in):
    Installation.objects.update_or_create(pk=1, defaults={"system": "demo", "made_at": NOW, "shadow_since": NOW})
    client = sign_in()
    assert "This is a restored copy" in client.get("/").text
    assert "This is the live one" in client.get("/settings/backups/").text
    client.post("/settings/backups/live/")
    assert is_copy()
    client.post("/settings/backups/live/", {"former_is_stopped": "on"})
    assert not is_copy()
    page = client.get("/").text
    assert "This is a restored copy" not in page
