"""Rights that one person has beside the role, or not: set by an administrator, audited, in force at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.factories.people import olga_the_owner, someone
from tests.web.client import Client

from wharfinger.db.models import AuditEntry
from wharfinger.db.queries.installation.people import who_may
from wharfinger.domain.installation.people import FUNCTIONS, Right, Role, changes_beside, may
from wharfinger.operations.installation import users
from wharfinger.operations.refusals import Refused

pytestmark = pytest.mark.django_db
ANSWERS = st.dictionaries(st.sampled_from([right.code for right in Right]), st.booleans())


def signed_in(person):
    browser = Client()
    browser.force_login(person)
    return browser


def save(olga, person, **answers):
    """As the page sends it: an answer for each function."""
    sent = {right.code: "role" for right in FUNCTIONS} | answers
    return signed_in(olga).post(f"/settings/users/{person.pk}/rights/", sent, follow=True)


def test_what_is_given_opens_a_page_and_what_is_taken_closes_one(both_times):
    olga, petra = olga_the_owner(), someone(Role.WAREHOUSE, username="petra")
    browser = signed_in(petra)
    assert (browser.get("/settings/audit/").status_code, browser.get("/stock/import/").status_code) == (403, 200)
    page = save(olga, petra, see_audit="given", edit_stock="taken")
    assert "are saved" in page.text
    assert (browser.get("/settings/audit/").status_code, browser.get("/stock/import/").status_code) == (200, 403)
    refusal = browser.get("/stock/import/").text
    assert "You may not edit stock. Ask Olga Owner (Administrator) to do it, or to give you that right." in refusal
    entry = AuditEntry.objects.get(verb="change rights")
    assert (entry.user, entry.before.get("rights"), entry.after["rights"]) == (
        olga, None, "edit_stock: taken, see_audit: given",
    )  # fmt: skip
    save(olga, petra)
    petra.refresh_from_db()
    assert petra.changed_rights == {}
    assert browser.get("/stock/import/").status_code == 200


def test_the_page_of_a_person_shows_what_the_role_says_and_what_was_changed(both_times):
    olga, vera = olga_the_owner(), someone(Role.VIEWER, username="vera", changed_rights={"ship": True})
    page = signed_in(olga).get(f"/settings/users/{vera.pk}/")
    assert "Rights beside the role" in page.text
    assert page.text.count("As the role: may not") == len(FUNCTIONS)
    assert page.context["rights"]["ship"].initial == "given"
    assert "Rights beside the role" not in signed_in(olga).get(f"/settings/users/{olga.pk}/").text


def test_only_administrators_change_them_and_nobody_an_administrators(both_times):
    olga, sam = olga_the_owner(), someone(Role.MANAGER, username="sam")
    answer = signed_in(sam).post(f"/settings/users/{sam.pk}/rights/", {"see_credentials": "given"})
    assert answer.status_code == 403
    with pytest.raises(Refused, match="who may do everything"):
        users.change_rights(olga.pk, {"ship": False}, now=both_times.now(), user=olga)
    olga.changed_rights = {"ship": False}
    assert olga.may(Right.SHIP)
    assert "Nothing was changed" in save(olga, sam, ship="perhaps").text
    answer = signed_in(olga).post(f"/settings/users/{sam.pk}/rights/", {"ship": "taken"}, follow=True)
    assert "Nothing was changed" in answer.text  # no answer for the others


@pytest.mark.parametrize("code", ["administer", "set_trade_rate", "no_such_right"])
def test_what_is_no_function_is_never_given(both_times, code):
    olga, sam = olga_the_owner(), someone(Role.MANAGER, username="sam")
    assert users.change_rights(sam.pk, {code: True}, now=both_times.now(), user=olga).changed_rights == {}
    assert not AuditEntry.objects.filter(verb="change rights").exists()
    sam.changed_rights = {"administer": True}
    assert not sam.may(Right.ADMINISTER)


def test_another_role_keeps_what_still_differs(both_times):
    olga = olga_the_owner()
    sam = someone(Role.MANAGER, username="sam", changed_rights={"edit_vat": True, "edit_stock": False})
    by = {"full_name": "Sam", "email": "", "now": both_times.now(), "user": olga}
    assert users.change_user(sam.pk, role=Role.ACCOUNTS, **by).changed_rights == {}
    sam = users.change_rights(sam.pk, {"ship": True}, now=both_times.now(), user=olga)
    assert users.change_user(sam.pk, role=Role.VIEWER, **by).changed_rights == {"ship": True}
    assert users.change_user(sam.pk, role=Role.ADMINISTRATOR, **by).changed_rights == {}


def test_who_was_given_it_is_among_those_to_ask(both_times):
    olga_the_owner()
    someone(Role.VIEWER, username="vera", full_name="Vera", changed_rights={"ship": True})
    someone(Role.WAREHOUSE, username="petra", full_name="Petra", changed_rights={"ship": False})
    assert who_may(Right.SHIP) == ("Vera (Viewer)", "Olga Owner (Administrator)")


@given(st.sampled_from(Role), ANSWERS)
def test_what_is_kept_says_the_same_as_what_was_wanted_and_no_more(role, wanted):
    kept = changes_beside(role, wanted)
    assert set(kept) <= set(wanted)
    for right in Right:
        assert may(role, right, kept) is may(role, right, wanted)
        assert right.code not in kept or kept[right.code] is not may(role, right)
