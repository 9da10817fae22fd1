"""The ground of every test: a home of its own, a database of its own, and no network but loopback."""

import base64
import os
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path

import django
import pytest
from pytest_socket import socket_allow_hosts
from tests.factories import properties
from tests.migrated import migrated_template
from tests.quick_place import quick_place

from wharfinger.cli.postgres.temporary import TemporaryPostgres, ask_url
from wharfinger.config.database import django_database

_environ = os.environ  # noqa: TID251 -- a test run is configured here
_FOLDER = "WHARFINGER_TEST_RUN"
_SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "wharfinger.config.settings",
    "WHARFINGER_SYSTEM": "demo",
    "WHARFINGER_SECRET_KEY": "for the tests only, and as long as a secret key must be",
    "WHARFINGER_ENCRYPTION_KEY": f"test:{base64.b64encode(bytes(range(32))).decode()}",
    "WHARFINGER_LOG_LEVEL": "WARNING",
    "DATABASE_URL": "postgresql:///named-when-a-test-asks-for-it",
}

# Settings are read when pytest-django sets Django up, before any hook of ours could say all this.
for _name in [name for name in _environ if name.startswith("WHARFINGER_") and name != _FOLDER]:
    del _environ[_name]
_environ.update(_SETTINGS)
# Where nothing may be kept every process compiles every module anew: 15 s of CPU to collect tests/operations, not 5.
_environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
_home = Path(tempfile.mkdtemp(prefix="wharfinger-test-home-"))
(_home / "static").mkdir()
_environ["WHARFINGER_HOME"] = str(_home)

django.setup()  # the environment was not there yet when pytest-django looked for settings; now conftests import rows
properties.settings.load_profile("quick")  # --hypothesis-profile comes later and has the last word
_own_database: TemporaryPostgres | None = None
pytest_plugins = ["tests.factories.fixtures"]


def pytest_configure(config: pytest.Config) -> None:
    """The process that leads the run makes the guardian; xdist's workers inherit its folder's name."""
    global _own_database
    if not hasattr(config, "workerinput"):
        _own_database = TemporaryPostgres(quick_place())
        _environ[_FOLDER] = str(_own_database.folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    if _own_database is not None:
        _own_database.stop()
        _environ.pop(_FOLDER, None)
    shutil.rmtree(_home, ignore_errors=True)


def pytest_runtest_setup(item: pytest.Item) -> None:
    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was skipped is said aloud, with its count: a run of fewer tests must not look like a whole one."""
    skipped = (report.longrepr for report in terminalreporter.stats.get("skipped", ()))
    reasons = Counter(str(place[2] if isinstance(place, tuple) else place) for place in skipped)
    for reason, count in sorted(reasons.items()):
        terminalreporter.write_line(f"{count} skipped: {reason.removeprefix('Skipped: ')}")


@pytest.fixture(scope="session")
def database_url() -> str:
    """The run's server: its database `wharfinger` is empty and nobody's; make others beside it."""
    return ask_url(Path(_environ[_FOLDER]))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(database_url: str, django_db_modify_db_settings_parallel_suffix: None) -> None:
    """pytest-django's own, with the address that is known only now, and the migrated database to copy."""
    from django.db import connections  # noqa: PLC0415 -- Django is set up after this file is read

    place = connections["default"].settings_dict
    found = django_database(database_url)
    place.update({key: found[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")})
    place["TEST"]["TEMPLATE"] = migrated_template(database_url, Path(_environ[_FOLDER]))


@pytest.fixture(autouse=True, scope="session")
def static_files_unhashed() -> None:
    """Tests gather no static files: names stay as they are, and live servers find them in the sources."""
    from django.conf import settings  # noqa: PLC0415 -- as above

    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.WHITENOISE_USE_FINDERS = True
    settings.WHITENOISE_AUTOREFRESH = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
