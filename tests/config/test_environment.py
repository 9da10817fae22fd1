import base64
from pathlib import Path

import pytest

from wharfinger.config.environment import read, with_secrets_of_home
from wharfinger.config.errors import ConfigurationError
from wharfinger.config.secrets import make_missing_secrets

KEY = base64.b64encode(bytes(32)).decode()
OTHER = base64.urlsafe_b64encode(bytes([255] * 32)).decode()


@pytest.fixture
def variables(tmp_path):
    return {"WHARFINGER_HOME": str(tmp_path / "home")}


def test_an_empty_environment_is_a_live_system_with_an_embedded_database():
    configuration = read({})
    assert configuration.system == "live"
    assert configuration.clock == "real"
    assert configuration.database_url is None
    assert configuration.simulator_url is None
    assert configuration.public_url == "http://127.0.0.1:8000"
    assert (configuration.listen_host, configuration.listen_port) == ("127.0.0.1", 8000)
    assert configuration.home.is_absolute()


def test_a_demo_system_has_a_clock_and_a_simulator():
    configuration = read(
        {
            "WHARFINGER_SYSTEM": "demo",
            "WHARFINGER_CLOCK": "file:/x/clock.json",
            "WHARFINGER_SIMULATOR_URL": "http://127.0.0.1:9700/",
        }
    )
    assert configuration.clock_file == Path("/x/clock.json")
    assert configuration.simulator_url == "http://127.0.0.1:9700"


def test_hosts_are_those_of_the_address_the_listener_and_the_list():
    configuration = read(
        {
            "WHARFINGER_URL": "https://shop.example",
            "WHARFINGER_LISTEN": "10.0.0.5:8000",
            "WHARFINGER_ALLOWED_HOSTS": "a.example, b.example",
        }
    )
    assert configuration.allowed_hosts == (
        "shop.example", "a.example", "b.example", "127.0.0.1", "localhost", "10.0.0.5",
    )  # fmt: skip
    assert configuration.is_https


def test_listening_everywhere_allows_no_host_by_it():
    assert "0.0.0.0" not in read({"WHARFINGER_LISTEN": "0.0.0.0:80"}).allowed_hosts


WRONG = {
    "system": ({"WHARFINGER_SYSTEM": "test"}, "WHARFINGER_SYSTEM"),
    "database": ({"DATABASE_URL": "sqlite:///x"}, "DATABASE_URL"),
    "clock": ({"WHARFINGER_CLOCK": "fast"}, "WHARFINGER_CLOCK"),
    "clock without path": ({"WHARFINGER_CLOCK": "file:", "WHARFINGER_SYSTEM": "demo"}, "WHARFINGER_CLOCK"),
    "clock in a live system": ({"WHARFINGER_CLOCK": "file:/x"}, "WHARFINGER_SYSTEM=demo"),
    "simulator in a live system": ({"WHARFINGER_SIMULATOR_URL": "http://x"}, "WHARFINGER_SYSTEM=demo"),
    "address": ({"WHARFINGER_URL": "shop.example"}, "WHARFINGER_URL"),
    "address with a wrong port": ({"WHARFINGER_URL": "http://x:99999"}, "WHARFINGER_URL"),
    "listener without port": ({"WHARFINGER_LISTEN": "127.0.0.1"}, "WHARFINGER_LISTEN"),
    "listener with a wrong port": ({"WHARFINGER_LISTEN": "127.0.0.1:x"}, "WHARFINGER_LISTEN"),
    "every host": ({"WHARFINGER_ALLOWED_HOSTS": "*"}, "WHARFINGER_ALLOWED_HOSTS"),
    "short secret": ({"WHARFINGER_SECRET_KEY": "short"}, "WHARFINGER_SECRET_KEY"),
    "secret twice": (
        {"WHARFINGER_SECRET_KEY": "x" * 40, "WHARFINGER_SECRET_KEY_FILE": "/x"},
        "WHARFINGER_SECRET_KEY_FILE",
    ),
    "secret file away": ({"WHARFINGER_SECRET_KEY_FILE": "/no/such/file"}, "WHARFINGER_SECRET_KEY_FILE"),
    "key without id": ({"WHARFINGER_ENCRYPTION_KEY": KEY}, "WHARFINGER_ENCRYPTION_KEY"),
    "key of no base64": ({"WHARFINGER_ENCRYPTION_KEY": "a:abcde"}, "base64"),
    "short key": ({"WHARFINGER_ENCRYPTION_KEY": "a:AAAA"}, "32"),
    "same id twice": ({"WHARFINGER_ENCRYPTION_KEY": f"a:{KEY}\na:{OTHER}"}, "same id"),
    "no key": ({"WHARFINGER_ENCRYPTION_KEY": "# none"}, "holds no key"),
    "threads": ({"WHARFINGER_WEB_THREADS": "many"}, "WHARFINGER_WEB_THREADS"),
    "log level": ({"WHARFINGER_LOG_LEVEL": "loud"}, "WHARFINGER_LOG_LEVEL"),
    "mail without sender": ({"WHARFINGER_SMTP_HOST": "mail"}, "WHARFINGER_SMTP_FROM"),
    "mail port": (
        {"WHARFINGER_SMTP_HOST": "m", "WHARFINGER_SMTP_FROM": "a@b", "WHARFINGER_SMTP_PORT": "0"},
        "WHARFINGER_SMTP_PORT",
    ),
}


@pytest.mark.parametrize(("environ", "names"), WRONG.values(), ids=WRONG)
def test_a_wrong_value_is_reported_in_one_line_that_names_it(environ, names):
    with pytest.raises(ConfigurationError) as caught:
        read(environ)
    assert names in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_home_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "home").write_text("")
    with pytest.raises(ConfigurationError, match="WHARFINGER_HOME"):
        read({"WHARFINGER_HOME": str(tmp_path / "home")})


def test_no_secret_is_shown(variables):
    secrets = {
        "WHARFINGER_SECRET_KEY": "s3cret" * 8,
        "WHARFINGER_ENCRYPTION_KEY": f"a:{OTHER}",
        "DATABASE_URL": "postgresql://u:pa55@h/n",
        "WHARFINGER_SMTP_HOST": "mail",
        "WHARFINGER_SMTP_FROM": "a@b",
        "WHARFINGER_SMTP_PASSWORD": "ma1l",
    }
    shown = repr(read(variables | secrets))
    for secret in ("s3cret", "pa55", "ma1l", OTHER, repr(bytes([255] * 32))):
        assert secret not in shown


def test_the_first_key_is_current_and_the_others_are_kept(variables):
    keys = read(variables | {"WHARFINGER_ENCRYPTION_KEY": f"new:{OTHER}\n# before\nold:{KEY}\n"}).encryption_keys
    assert keys == (("new", bytes([255] * 32)), ("old", bytes(32)))


def test_a_wrong_key_is_not_repeated_in_the_complaint(variables):
    with pytest.raises(ConfigurationError) as caught:
        read(variables | {"WHARFINGER_ENCRYPTION_KEY": "not a key but secret"})
    assert "but secret" not in str(caught.value)


def test_secrets_made_are_read(variables):
    before = read(variables)
    assert (before.secret_key, before.encryption_keys) == ("", ())
    make_missing_secrets(before.home)
    after = with_secrets_of_home(before)
    assert after == read(variables)
    assert len(after.secret_key) > 50
    assert len(after.encryption_keys[0][1]) == 32


def test_a_secret_given_wins_over_the_one_made(variables):
    make_missing_secrets(read(variables).home)
    given = variables | {"WHARFINGER_SECRET_KEY": "g" * 40}
    assert with_secrets_of_home(read(given)).secret_key == "g" * 40
