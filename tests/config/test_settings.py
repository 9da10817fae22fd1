import subprocess
import sys

import pytest
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connections
from procrastinate.contrib.django.utils import connector_params
from tests.system.faults import clean_environment

from wharfinger.config.database import django_database
from wharfinger.config.errors import ConfigurationError
from wharfinger.worker.engine import make_app


class Anna:
    username = "Anna.Smith"


@pytest.mark.parametrize(
    "password", ["Short1!", "alllowercaseletters", "xx-ANNA.smith-77", "Password1234", "Wharfinger-is-1"]
)
def test_a_weak_password_is_refused(password):
    with pytest.raises(ValidationError):
        validate_password(password, Anna())


def test_a_long_mixed_password_is_taken():
    validate_password("Correct-horse-7-battery", Anna())


def test_cookies_and_pages_are_closed():
    assert settings.SESSION_COOKIE_NAME == "wharfinger_session"
    assert settings.CSRF_COOKIE_NAME == "wharfinger_csrf"
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.CSRF_COOKIE_HTTPONLY
    policy = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    assert not any("unsafe" in source for sources in policy.values() for source in sources)
    assert policy["frame-ancestors"] == ["'none'"]
    assert not settings.DEBUG
    assert settings.DATABASES["default"]["ATOMIC_REQUESTS"] is False


def test_over_https_cookies_are_this_hosts_alone_and_browsers_come_back_by_https():
    """Names and ages are settled when a process starts: one that is public is started."""
    names = ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "SECURE_HSTS_SECONDS")
    program = f"from django.conf import settings; print(*(getattr(settings, name) for name in {names}))"
    environment = clean_environment(
        WHARFINGER_URL="https://shop.example", DJANGO_SETTINGS_MODULE="wharfinger.config.settings",
        DATABASE_URL="postgresql:///none",
    )  # fmt: skip
    ended = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert ended.stdout.split() == ["__Host-wharfinger_session", "__Host-wharfinger_csrf", "True", "31536000"]


def test_a_database_address_is_taken_apart():
    database = django_database("postgresql://u%40x:p%2Fw@db.example:5433/shop?sslmode=require")
    assert (database["NAME"], database["USER"], database["PASSWORD"]) == ("shop", "u@x", "p/w")
    assert (database["HOST"], database["PORT"]) == ("db.example", "5433")
    assert database["OPTIONS"]["sslmode"] == "require"


def test_a_socket_address_is_taken_apart():
    database = django_database("postgresql://wharfinger@/wharfinger?host=%2Ftmp%2Fx&port=5432")
    assert (database["HOST"], database["NAME"], database["USER"]) == ("/tmp/x", "wharfinger", "wharfinger")


KEPT_ALIVE = {
    "keepalives": 1,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:p@db.example/shop",
        "postgresql://u:p@10.0.0.7:5433/shop",
        "postgresql://u:p@/shop?hostaddr=10.0.0.7",
        "postgresql://u:p@a.example,b.example/shop",
    ],
)
def test_connections_over_a_network_are_kept_alive(url):
    options = django_database(url)["OPTIONS"]
    assert {name: options.get(name) for name in KEPT_ALIVE} == KEPT_ALIVE


def test_what_the_address_says_of_keepalives_holds():
    options = django_database("postgresql://u:p@db.example/shop?keepalives_idle=600&tcp_user_timeout=0")["OPTIONS"]
    assert (options["keepalives_idle"], options["tcp_user_timeout"], options["keepalives_count"]) == ("600", "0", 3)


@pytest.mark.parametrize("url", ["postgresql://u@/shop?host=%2Ftmp%2Fx", "postgresql:///shop", None])
def test_a_socket_of_this_machine_needs_no_keepalives(url):
    assert not set(KEPT_ALIVE) & set(django_database(url)["OPTIONS"])


def test_the_job_engine_connects_with_djangos_own_parameters(monkeypatch):
    monkeypatch.setitem(connections["default"].settings_dict, "OPTIONS", KEPT_ALIVE)
    assert KEPT_ALIVE.items() <= connector_params().items()
    assert KEPT_ALIVE.items() <= make_app()[0].connector._pool_args["kwargs"].items()


@pytest.mark.parametrize("url", ["postgresql://host/", "postgresql://h:x:y/z?nonsense=1"])
def test_a_wrong_database_address_is_reported(url):
    with pytest.raises(ConfigurationError, match="DATABASE_URL"):
        django_database(url)
