"""Passwords are Argon2id hashes; an older one is made anew when its owner types it, and nobody is put out by that."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher, identify_hasher
from tests.factories.people import someone
from tests.system.faults import clean_environment
from tests.web.client import Client

from wharfinger.db.models import User
from wharfinger.domain.installation.people import Role

pytestmark = pytest.mark.django_db
PASSWORD = "Harbour-Lights-2026"


@pytest.fixture(autouse=True)
def as_installed(settings):
    """What an installation hashes with: the tests' own settings have something quicker."""
    settings.PASSWORD_HASHERS = settings_of_an_installation("PASSWORD_HASHERS")


@pytest.fixture
def olga():
    """Her password was chosen before Argon2."""
    hasher = PBKDF2PasswordHasher()
    person = someone(Role.ADMINISTRATOR, username="olga")
    person.password = hasher.encode(PASSWORD, hasher.salt())
    person.save()
    return person


def settings_of_an_installation(name):
    program = f"import json; from django.conf import settings; print(json.dumps(settings.{name}))"
    environment = clean_environment(
        DJANGO_SETTINGS_MODULE="wharfinger.config.settings", DATABASE_URL="postgresql:///none"
    )
    ended = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    return json.loads(ended.stdout)


def algorithm(person):
    return identify_hasher(User.objects.get(pk=person.pk).password).algorithm


def sign_in(password=PASSWORD):
    browser = Client()
    return browser, browser.post("/sign-in/", {"username": "olga", "password": password})


def test_a_password_is_an_argon2id_hash(olga):
    olga.set_password(PASSWORD)
    assert olga.password.startswith("argon2$argon2id$")


def test_an_older_hash_is_made_anew_at_the_sign_in_and_once(olga):
    assert (algorithm(olga), sign_in("Wrong-Lantern-2027")[1].status_code) == ("pbkdf2_sha256", 422)
    assert algorithm(olga) == "pbkdf2_sha256"
    browser, answer = sign_in()
    assert (answer["Location"], algorithm(olga)) == ("/", "argon2")
    assert browser.get("/settings/").status_code == 200
    kept = User.objects.get(pk=olga.pk).password
    assert sign_in()[1]["Location"] == "/"
    assert User.objects.get(pk=olga.pk).password == kept
    assert browser.get("/settings/").status_code == 200
    assert sign_in("Wrong-Lantern-2027")[1].status_code == 422


def test_who_types_it_again_in_a_session_of_before_stays_signed_in(settings, both_times, olga):
    settings.WHARFINGER = replace(settings.WHARFINGER, system="live")
    browser, elsewhere = Client(), Client()
    browser.force_login(olga)
    elsewhere.force_login(olga)
    browser.post("/account/confirm/", {"password": "Wrong-Lantern-2027"})
    assert (algorithm(olga), elsewhere.get("/settings/").status_code) == ("pbkdf2_sha256", 200)
    assert browser.post("/account/confirm/", {"password": PASSWORD, "next": "/settings/"})["Location"] == "/settings/"
    assert (algorithm(olga), browser.get("/settings/").status_code) == ("argon2", 200)
    assert elsewhere.get("/settings/")["Location"].startswith("/sign-in/")


def test_a_new_password_that_is_refused_ends_no_session(olga):
    browser = Client()
    browser.force_login(olga)
    again = {"old": PASSWORD, "password": PASSWORD, "again": PASSWORD}
    assert browser.post("/account/password/", again).status_code == 422
    assert (algorithm(olga), browser.get("/settings/").status_code) == ("argon2", 200)
