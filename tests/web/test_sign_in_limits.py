"""Guessing is slow, whoever guesses and whatever name; a stranger's guesses keep nobody out for good."""

from datetime import timedelta

import pytest
from tests.factories.people import someone
from tests.web.client import Client

from wharfinger.cli import main
from wharfinger.db.models import AuditEntry, SignInLimit, User
from wharfinger.domain.installation.people import Role
from wharfinger.domain.installation.sign_in import FORGOTTEN_AFTER
from wharfinger.operations.installation import sign_in as limits
from wharfinger.operations.installation import users
from wharfinger.operations.refusals import Refused

pytestmark = pytest.mark.django_db

PASSWORD = "Quay-Side-Lantern-77"
ONE_TEXT = "Wrong user name or password. Passwords are case-sensitive."


@pytest.fixture
def olga(both_times):
    return users.add_user(
        username="Olga",
        full_name="Olga Owner",
        email="",
        role=Role.ADMINISTRATOR,
        password=PASSWORD,
        now=both_times.now(),
    )


def attempt(client, password="Wrong-Password-1", name="olga", address="198.51.100.7"):
    return client.post("/sign-in/", {"username": name, "password": password}, REMOTE_ADDR=address)


def statuses(times, **changes):
    return [attempt(Client(), **changes).status_code for _ in range(times)]


def said(answer):
    return [str(error) for error in answer.context["form"].non_field_errors()]


def test_one_text_for_a_wrong_password_and_for_a_name_that_nobody_has(olga):
    answers = [attempt(Client()), attempt(Client(), name="nobody"), attempt(Client(), name="OLGA ")]
    assert [said(answer) for answer in answers] == [[ONE_TEXT]] * 3
    assert "Wrong-Password-1" not in answers[0].text


def test_a_name_is_paused_longer_each_time_even_for_the_right_password(olga, both_times):
    assert statuses(6) == [422] * 5 + [429]
    paused = attempt(Client(), PASSWORD)
    assert (paused.status_code, said(paused)) == (429, ["Too many attempts. Try again in a minute."])
    both_times.advance(timedelta(seconds=31))
    assert statuses(2) == [422, 429]
    both_times.advance(timedelta(seconds=31))
    assert statuses(1) == [429]
    both_times.advance(timedelta(seconds=30))
    assert attempt(Client(), PASSWORD).status_code == 302
    assert statuses(5) == [422] * 5


def test_a_name_that_nobody_has_is_paused_like_any_other(olga, both_times):
    known, unknown = ([attempt(Client(), name=name) for _ in range(7)] for name in ("olga", "nobody"))
    outcomes = [[(answer.status_code, said(answer)) for answer in answers] for answers in (known, unknown)]
    assert outcomes[0] == outcomes[1]
    hashes = str(list(SignInLimit.objects.values()))
    assert "nobody" not in hashes
    assert "198.51.100.7" not in hashes


def test_an_address_is_paused_whatever_names_it_tries(olga, both_times):
    seen = [attempt(Client(), name=f"name{number}").status_code for number in range(22)]
    assert seen == [422] * 21 + [429]
    assert attempt(Client(), PASSWORD).status_code == 429
    assert attempt(Client(), PASSWORD, address="203.0.113.9").status_code == 302


def test_a_network_of_ipv6_addresses_counts_as_one(olga, both_times):
    seen = [attempt(Client(), name=f"n{n}", address=f"2001:db8:1:2::{n:x}").status_code for n in range(22)]
    assert seen[-1] == 429
    assert attempt(Client(), PASSWORD, address="2001:db8:1:3::1").status_code == 302


def test_a_browser_that_signed_in_before_passes_whatever_strangers_do(olga, both_times):
    hers = Client()
    assert attempt(hers, PASSWORD).status_code == 302
    hers.post("/sign-out/")
    for _ in range(12):
        attempt(Client())
        both_times.advance(timedelta(minutes=16))
    assert statuses(1) == [422]
    assert statuses(1) == [429]
    assert attempt(hers, PASSWORD).status_code == 302


def test_a_known_browser_has_a_count_of_its_own_and_is_known_for_its_own_people_only(olga, both_times):
    hers = Client()
    attempt(hers, PASSWORD)
    assert [attempt(hers).status_code for _ in range(6)] == [422] * 5 + [429]
    users.add_user(
        username="sam",
        full_name="Sam",
        email="",
        role=Role.VIEWER,
        password="Other-Side-Lantern-7",
        now=both_times.now(),
    )
    statuses(5, name="sam")
    assert attempt(hers, "Other-Side-Lantern-7", name="sam").status_code == 429


def test_a_new_password_or_a_forged_cookie_makes_a_browser_strange(olga, both_times):
    hers, forger = Client(), Client()
    attempt(hers, PASSWORD)
    users.change_own_password(olga.pk, old=PASSWORD, new="Newer-Lantern-2027", now=both_times.now())
    forger.cookies["wharfinger_browser"] = hers.cookies["wharfinger_browser"].value[:-3] + "abc"
    statuses(5)
    for client in (hers, forger):
        assert attempt(client, "Newer-Lantern-2027").status_code == 429


def test_failures_are_forgotten_after_a_day(olga, both_times):
    statuses(4)
    both_times.advance(FORGOTTEN_AFTER + timedelta(seconds=1))
    assert statuses(5) == [422] * 5


def test_an_administrator_unlocks_a_name_on_the_command_line_and_on_its_page(olga, both_times):
    admin = Client()
    admin.force_login(someone(Role.ADMINISTRATOR))
    for unlock in (
        lambda: limits.unlock("OLGA", now=both_times.now()),
        lambda: admin.post(f"/settings/users/{olga.pk}/unlock/"),
    ):
        statuses(6)
        assert "Locked out" in admin.get("/settings/users/").text
        assert "Unlock" in admin.get(f"/settings/users/{olga.pk}/").text
        unlock()
        assert attempt(Client(), PASSWORD).status_code == 302
    who = [entry.user for entry in AuditEntry.objects.filter(verb="unlock", noun_id=olga.pk).order_by("id")]
    assert who == [None, User.objects.exclude(pk=olga.pk).get()]
    with pytest.raises(Refused, match="There is no user named nobody"):
        limits.unlock("nobody", now=both_times.now())


def test_the_command_line_knows_the_word():
    with pytest.raises(SystemExit) as ended:
        main.main(["unlock"])
    assert ended.value.code == 2


def test_a_header_that_anybody_can_write_names_no_address(olga, both_times):
    form = {"username": "x", "password": "y"}
    for number in range(22):
        answer = Client().post(
            "/sign-in/",
            {**form, "username": f"n{number}"},
            REMOTE_ADDR="198.51.100.7",
            headers={"x-forwarded-for": f"203.0.113.{number}", "forwarded": f"for=203.0.113.{number}"},
        )
    assert answer.status_code == 429
