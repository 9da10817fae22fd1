"""Users choose their passwords by links that work once; the audit log tells every change and cannot be changed."""

from datetime import timedelta

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection, transaction
from tests.factories.cast import Trading
from tests.factories.ground import NOW
from tests.web.client import Client, text
from tests.web.test_channel_screen import form_of

from wharfinger.db.models import AuditEntry, User
from wharfinger.domain.installation.people import Role
from wharfinger.operations.channels import channel_life

pytestmark = pytest.mark.django_db
STRONG = "Wharf-And-Water-27"


def code_in(page):
    """The address and the code of the link that the page shows."""
    address, _, code = page.split('data-copy="')[1].split('"')[0].split("8000", 1)[1].partition("#")
    assert address == "/password/"
    return code


def use(client, code, password=STRONG, again=""):
    return client.post("/password/", {"code": code, "password": password, "again": again or password})


def opened(code):
    return Client().post("/password/", {"code": code})


@pytest.fixture
def olga(sign_in):
    return sign_in()


@pytest.fixture
def invited(olga):
    """Petra with the link that olga was shown."""
    form = {"username": "Petra", "full_name": "Petra Packer", "email": "p@example.com", "role": "warehouse"}
    page = text(olga.post("/settings/users/new/", form, follow=True))
    return User.objects.get(username="petra"), code_in(page)


def test_a_person_is_added_with_a_link_that_is_shown_once(olga, invited):
    petra, link = invited
    assert (petra.role, petra.has_usable_password()) == ("warehouse", False)
    assert link.startswith(f"{petra.pk}.")
    stored = Session.objects.get(session_key=olga.session.session_key).get_decoded()
    assert link not in str(stored)
    assert "Hand over this link" not in text(olga.get(f"/settings/users/{petra.pk}/"))
    assert "Has no password yet" in text(olga.get("/settings/users/"))


def test_the_link_works_once_and_signs_its_owner_in(invited):
    _petra, link = invited
    client = Client()
    assert "Your one-time link" in text(client.get("/password/"))
    assert "Welcome, Petra Packer" in text(opened(link))
    assert use(client, link)["Location"] == "/"
    assert client.get("/channels/").status_code == 200
    again = opened(link)
    assert (again.status_code, "does nothing more" in text(again)) == (404, True)
    signed = Client().post("/sign-in/", {"username": "petra", "password": STRONG})
    assert signed.status_code == 302


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"password": "short", "again": "short"}, "at least 12 characters"),
        ({"password": STRONG, "again": "another-Password-1"}, "The two passwords differ"),
        ({"password": "", "again": ""}, "required"),
        ({"password": "Petra-petra-1234", "again": "Petra-petra-1234"}, "user name"),
    ],
)
def test_a_weak_or_mistyped_password_is_an_error_at_its_field_and_the_link_still_works(invited, form, words):
    _petra, link = invited
    answer = use(Client(), link, **form)
    assert (answer.status_code, words in text(answer)) == (422, True)
    assert opened(link).status_code == 200


def test_a_link_lives_a_day(invited):
    _petra, link = invited
    made = default_token_generator._now()
    for age, status in ((timedelta(hours=23, minutes=59), 200), (timedelta(hours=24, minutes=1), 404)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(default_token_generator, "_now", lambda moment=made + age: moment)
            assert opened(link).status_code == status


def test_a_reset_ends_the_password_the_sessions_and_older_links(olga, invited):
    petra, link = invited
    hers = Client()
    use(hers, link)
    page = text(olga.post(f"/settings/users/{petra.pk}/reset/", follow=True))
    assert hers.get("/channels/").status_code == 302
    assert Client().post("/sign-in/", {"username": "petra", "password": STRONG}).status_code == 422
    newer = code_in(page)
    assert newer != link
    assert opened(newer).status_code == 200
    newest = code_in(text(olga.post(f"/settings/users/{petra.pk}/reset/", follow=True)))
    assert opened(newer).status_code == 404
    assert opened(newest).status_code == 200


def test_who_is_deactivated_is_out_at_once_and_comes_back(olga, invited):
    petra, link = invited
    hers = Client()
    use(hers, link)
    olga.post(f"/settings/users/{petra.pk}/active/", {"active": "off"})
    assert hers.get("/channels/").status_code == 302
    assert Client().post("/sign-in/", {"username": "petra", "password": STRONG}).status_code == 422
    olga.post(f"/settings/users/{petra.pk}/active/", {"active": "on"})
    assert Client().post("/sign-in/", {"username": "petra", "password": STRONG}).status_code == 302


def test_there_is_always_an_administrator(olga):
    me = User.objects.get()
    answer = olga.post(f"/settings/users/{me.pk}/", {"full_name": "Olga", "email": "", "role": "viewer"})
    assert (answer.status_code, "is the last administrator" in text(answer)) == (422, True)
    page = text(olga.post(f"/settings/users/{me.pk}/active/", {"active": "off"}, follow=True))
    assert "You cannot deactivate yourself" in page
    page = text(olga.post(f"/settings/users/{me.pk}/reset/", follow=True))
    assert "Another administrator can reset your password" in page
    assert User.objects.get().role == "administrator"


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"username": ""}, "username", "required"),
        ({"username": "two words"}, "username", "one word"),
        ({"username": "ADMINISTRATOR"}, "username", "administrator is already taken"),
        ({"username": "x" * 151}, "username", "at most 150"),
        ({"full_name": " "}, "full_name", "required"),
        ({"full_name": "bell\x07"}, "full_name", "control characters"),
        ({"email": "nowhere"}, "email", "valid email"),
        ({"role": "Emperor"}, "role", "not one of the available choices"),
    ],
)
def test_a_person_who_cannot_be_is_an_error_at_the_field(olga, changes, field, words):
    good = {"username": "zoe", "full_name": "Zoe", "email": "", "role": "viewer"}
    answer = olga.post("/settings/users/new/", {**good, **changes})
    assert answer.status_code == 422
    assert words in answer.context["form"].errors[field][0]
    assert User.objects.count() == 1


def test_a_role_is_changed_and_the_audit_tells_before_and_after_but_no_password(olga, invited):
    petra, link = invited
    use(Client(), link)
    olga.post(f"/settings/users/{petra.pk}/", {"full_name": "Petra P.", "email": "", "role": "manager"})
    page = text(olga.get(f"/settings/audit/?noun=User&id={petra.pk}"))
    for words in ("invite", "choose password", "Manager", "Petra P.", "change"):
        assert words in page
    assert STRONG not in page
    assert link not in page


# One's own password.


def test_the_own_password_is_changed_by_who_knows_it_and_other_sessions_end(invited):
    petra, link = invited
    here, elsewhere = Client(), Client()
    use(here, link)
    elsewhere.post("/sign-in/", {"username": "petra", "password": STRONG})
    assert "Change password" in text(here.get("/"))
    form = {"old": STRONG, "password": "Other-Wharf-2027", "again": "Other-Wharf-2027"}
    refusals = [
        ({"old": "Wrong-Wrong-2027"}, "old", "not your current password"),
        ({"again": "Another-Wharf-27"}, "again", "differ"),
        ({"password": "short", "again": "short"}, "password", "12 characters"),
        ({"password": STRONG, "again": STRONG}, "password", "differs from the current"),
    ]
    for changes, field, words in refusals:
        answer = here.post("/account/password/", {**form, **changes})
        assert (answer.status_code, words in str(answer.context["form"].errors[field])) == (422, True)
    assert here.post("/account/password/", form)["Location"] == "/settings/"
    assert here.get("/").status_code == 200
    assert elsewhere.get("/")["Location"].startswith("/sign-in/")
    assert Client().post("/sign-in/", {"username": "petra", "password": STRONG}).status_code == 422
    assert Client().post("/sign-in/", {"username": "petra", "password": form["password"]}).status_code == 302
    assert AuditEntry.objects.filter(verb="change password", noun_id=petra.pk, user=petra).exists()


def test_who_sits_down_at_an_open_browser_may_not_guess_the_password(olga):
    form = {"old": "Wrong-Wrong-2027", "password": "Other-Wharf-2027", "again": "Other-Wharf-2027"}
    for _ in range(6):
        answer = olga.post("/account/password/", form)
    assert "Too many attempts" in str(answer.context["form"].errors["old"])


# The audit log.


@pytest.fixture
def changed(olga):
    """A channel that was edited, disabled and enabled again, by two people."""
    world = Trading()
    form = form_of(olga, world.fbm.pk)
    olga.post(f"/channels/{world.fbm.pk}/edit/", {**form, "name": "Renamed", "order_ref_format": "KCC{0}"})
    sam = User.objects.create(username="sam", full_name="Sam", role=Role.MANAGER.value)
    channel_life.enable_channel(world.fbm.pk, False, now=NOW.replace(day=20), user=sam)
    return world, sam


def rows(answer):
    return [(row.verb, row.noun, row.who) for row in answer.context["page"].rows]


def test_a_change_is_reported_field_by_field(olga, changed):
    world, _sam = changed
    page = olga.get(f"/settings/audit/?noun=Channel&id={world.fbm.pk}")
    assert rows(page) == [("disable", "Channel", "Sam"), ("save", "Channel", "Anna Administrator")]
    saved = page.context["page"].rows[1]
    assert [(change.field, change.before, change.after) for change in saved.changes] == [
        ("name", "Amazon.co.uk FBM", "Renamed"),
        ("order ref format", "{0}", "KCC{0}"),
    ]
    disabled = page.context["page"].rows[0]
    assert [(change.field, change.before, change.after) for change in disabled.changes] == [("enabled", "Yes", "No")]
    assert f'href="/channels/{world.fbm.pk}/"' in text(page)


def test_the_log_is_filtered_by_person_thing_and_day(olga, changed):
    _world, sam = changed
    assert rows(olga.get(f"/settings/audit/?person={sam.pk}")) == [("disable", "Channel", "Sam")]
    assert rows(olga.get("/settings/audit/?date_to=2026-11-20")) == [("disable", "Channel", "Sam")]
    assert "disable" not in str(rows(olga.get("/settings/audit/?date_from=2026-11-21")))
    assert rows(olga.get("/settings/audit/?noun=Nothing&person=x&date_from=never&id=abc"))
    assert "No change fits this filter" in text(olga.get("/settings/audit/?date_to=2020-01-01"))


def test_the_log_goes_as_csv_one_line_a_field(olga, changed):
    answer = olga.get("/settings/audit/export.csv?noun=Channel")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0] == "when,who,did,to,number,name,field,before,after"
    assert sum("Renamed,order ref format,{0},KCC{0}" in line for line in lines) == 1


def test_a_channel_that_was_deleted_is_named_without_a_link(olga, changed):
    world, sam = changed
    channel_life.delete_channel(world.fba.pk, now=NOW, user=sam)
    page = text(olga.get("/settings/audit/"))
    assert "Channel Amazon.co.uk FBA" in page
    assert f'href="/channels/{world.fba.pk}/"' not in page


def test_long_logs_come_in_pages_with_a_fixed_number_of_queries(olga, changed, django_assert_max_num_queries):
    AuditEntry.objects.bulk_create(
        AuditEntry(at=NOW, verb="save", noun="Channel", noun_id="1", before={"name": "a"}, after={"name": "b"})
        for _ in range(120)
    )
    with django_assert_max_num_queries(20):  # four of them write the entry of the access log
        page = olga.get("/settings/audit/").context["page"]
    assert (len(page.rows), bool(page.later)) == (50, True)


@pytest.mark.parametrize(
    "statement", ["UPDATE wharfinger_auditentry SET verb = 'x'", "DELETE FROM wharfinger_auditentry"]
)
def test_the_database_refuses_any_change_of_the_log(changed, statement):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
