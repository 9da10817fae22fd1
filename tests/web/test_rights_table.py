"""The table of rights has no hole: every address turns away whom it says, by every method, before it does anything."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import transaction
from tests.web.rights_table import INSIDE, OWN, PAGE, PUBLIC, call, page, rows

from wharfinger.db.models import User
from wharfinger.domain.installation.people import FUNCTIONS, Role

pytestmark = pytest.mark.django_db


def test_the_page_says_what_the_program_does():
    assert PAGE.read_text() == page(), "python -m tests.web.rights_table writes it anew"


def test_every_address_says_which_methods_it_takes():
    assert [row.address for row in rows() if not row.methods] == []


def test_without_signing_in_nothing_opens_but_the_entrance():
    opened = set()
    for row in rows():
        for method in row.methods:
            if row.name in PUBLIC:
                continue
            answer = call(row, method, AnonymousUser())
            if (answer.status_code, answer.headers.get("Location", "")[:9]) != (302, "/sign-in/"):
                opened.add((row.address, method))
    assert opened == set()


@pytest.mark.parametrize("role", Role)
def test_a_role_without_the_right_is_turned_away_by_every_method(role):
    let_in = set()
    for row in rows():
        if row.name in PUBLIC or row.may_read(role):
            continue
        for method in row.methods:
            try:
                call(row, method, User(username="somebody", role=role, is_active=True))
            except PermissionDenied:
                continue
            let_in.add((row.address, method))
    assert let_in == set()


def test_what_everybody_may_change_is_known():
    changing = {row.name for row in rows() if "POST" in row.methods and row.right is None}
    assert changing - PUBLIC == OWN | set(INSIDE)


@pytest.mark.parametrize("right", FUNCTIONS)
def test_a_function_is_given_to_one_person_and_taken_from_another(right):
    """Of every address that needs it: who was given it passes the guard, from whom it was taken does not."""
    given = User(username="vera", role=Role.VIEWER, is_active=True, changed_rights={right.code: True})
    taken = User(username="sam", role=Role.MANAGER, is_active=True, changed_rights={right.code: False})
    assert (given.may(right), taken.may(right)) == (True, False)
    turned_away, let_in = set(), set()
    for row in (row for row in rows() if row.right is right):
        for method in row.methods:
            if not _passes(row, method, given):
                turned_away.add((row.address, method))
            if _passes(row, method, taken):
                let_in.add((row.address, method))
    assert (turned_away, let_in) == (set(), set())


def _passes(row, method, user):
    try:
        with transaction.atomic():
            call(row, method, user)
    except PermissionDenied:
        return False
    except Exception:  # noqa: BLE001 -- behind the guard: it has no session, no form, no row
        return True
    return True
