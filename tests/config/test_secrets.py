import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from wharfinger.config.errors import ConfigurationError
from wharfinger.config.secrets import (
    encryption_key_file,
    make_missing_secrets,
    read_own_file,
    secret_folder,
    session_key_file,
)


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_secrets_are_their_owners_only(tmp_path):
    made = make_missing_secrets(tmp_path)
    assert set(made) == {encryption_key_file(tmp_path), session_key_file(tmp_path)}
    assert {mode(path) for path in made} == {0o600}
    assert mode(secret_folder(tmp_path)) == 0o700


def test_secrets_are_made_once(tmp_path):
    make_missing_secrets(tmp_path)
    before = encryption_key_file(tmp_path).read_bytes()
    assert make_missing_secrets(tmp_path) == ()
    assert encryption_key_file(tmp_path).read_bytes() == before


def test_processes_that_start_together_get_the_same_key(tmp_path):
    def start(_):
        make_missing_secrets(tmp_path)
        return read_own_file(encryption_key_file(tmp_path))

    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(start, range(64)))) == 1
    assert sorted(path.name for path in secret_folder(tmp_path).iterdir()) == ["encryption.key", "secret.key"]


@pytest.mark.parametrize("readable", [0o640, 0o604, 0o660])
def test_a_key_that_others_may_read_stops_the_start(tmp_path, readable):
    make_missing_secrets(tmp_path)
    encryption_key_file(tmp_path).chmod(readable)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        read_own_file(encryption_key_file(tmp_path))


def test_a_folder_that_others_may_read_stops_the_start(tmp_path):
    make_missing_secrets(tmp_path)
    secret_folder(tmp_path).chmod(0o755)
    with pytest.raises(ConfigurationError, match="chmod 700"):
        make_missing_secrets(tmp_path)
