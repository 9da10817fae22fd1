import pytest
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from wharfinger.config.database import django_database
from wharfinger.config.errors import ConfigurationError


class Anna:
    username = "Anna.Smith"


@pytest.mark.parametrize("password", ["Short1!", "alllowercaseletters", "xx-ANNA.smith-77", "Password1234"])
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


def test_a_database_address_is_taken_apart():
    told = django_database("postgresql://u%40x:p%2Fw@db.example:5433/shop?sslmode=require")
    assert (told["NAME"], told["USER"], told["PASSWORD"]) == ("shop", "u@x", "p/w")
    assert (told["HOST"], told["PORT"]) == ("db.example", "5433")
    assert told["OPTIONS"]["sslmode"] == "require"


def test_a_socket_address_is_taken_apart():
    told = django_database("postgresql://wharfinger@/wharfinger?host=%2Ftmp%2Fx&port=5432")
    assert (told["HOST"], told["NAME"], told["USER"]) == ("/tmp/x", "wharfinger", "wharfinger")


@pytest.mark.parametrize("url", ["postgresql://host/", "postgresql://h:x:y/z?nonsense=1"])
def test_a_wrong_database_address_is_told(url):
    with pytest.raises(ConfigurationError, match="DATABASE_URL"):
        django_database(url)
