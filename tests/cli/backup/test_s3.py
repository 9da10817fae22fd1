"""Backups in an S3-compatible storage: written in parts, listed by pages, read back, and every fault a sentence."""

import pytest
from tests.cli.backup.s3_server import KEY_ID, storage

from wharfinger.cli.backup.destinations import NotKept, destination
from wharfinger.config.environment import read

LARGE = bytes(range(256)) * 50_000
"""12.8 MB: more than boto3 sends in one part."""


@pytest.fixture
def server():
    with storage() as made:
        yield made


def bucket(server, home, key=KEY_ID, to="s3://backups/wharfinger"):
    given = {"WHARFINGER_HOME": str(home), "WHARFINGER_BACKUP_TO": to, "WHARFINGER_BACKUP_S3_ENDPOINT": server.url}
    given |= {
        "WHARFINGER_BACKUP_S3_KEY_ID": key,
        "WHARFINGER_BACKUP_S3_SECRET": "secret",
        "WHARFINGER_BACKUP_S3_REGION": "eu",
    }
    return destination(read(given).backups)


def write(place, name, content):
    with place.writing(name) as file:
        file.write(content)


@pytest.mark.parametrize("content", [b"", b"small", LARGE], ids=["empty", "small", "in parts"])
def test_what_was_written_is_read_back(server, tmp_path, content):
    place = bucket(server, tmp_path)
    write(place, "a.wharfinger", content)
    assert server.objects == {"backups/wharfinger/a.wharfinger": content}
    with place.reading("a.wharfinger") as file:
        assert file.read() == content
    assert list((tmp_path / "backups").iterdir()) == []  # nothing is left of the upload


def test_they_are_listed_by_name_over_pages_and_nothing_else_is(server, tmp_path):
    place = bucket(server, tmp_path)
    names = [f"wharfinger-live-2026112{day}-030000.wharfinger" for day in (5, 3, 9, 7, 1)]
    for name in names:
        write(place, name, name.encode())
    server.objects["backups/wharfinger/notes.txt"] = b"of somebody's"
    server.objects["backups/wharfinger/older/x.wharfinger"] = b"in another folder"
    server.objects["backups/elsewhere.wharfinger"] = b"beside it"
    assert [(kept.name, kept.size) for kept in place.listed()] == [(name, len(name)) for name in sorted(names)]
    place.remove(names[0])
    assert len(place.listed()) == 4
    assert [kept.name for kept in bucket(server, tmp_path, to="s3://backups").listed()] == ["elsewhere.wharfinger"]


def test_a_storage_that_is_busy_is_tried_again(server, tmp_path):
    server.fails = 2
    write(bucket(server, tmp_path), "a.wharfinger", b"content")
    assert server.objects["backups/wharfinger/a.wharfinger"] == b"content"


def test_one_that_lost_bytes_has_not_kept_it(server, tmp_path):
    server.loses = 3
    with pytest.raises(NotKept, match=r"s3://backups/wharfinger holds 4 bytes of 7: the backup was not kept"):
        write(bucket(server, tmp_path), "a.wharfinger", b"content")


def test_every_fault_names_the_bucket_and_never_the_secret(server, tmp_path):
    stranger, place = bucket(server, tmp_path, key="AKIASOMEBODYELSE"), bucket(server, tmp_path)

    def reads():
        with place.reading("none.wharfinger") as file:
            file.read()

    faults = (
        (lambda: write(stranger, "a.wharfinger", b"x"), "written to"),
        (stranger.listed, "listed in"),
        (lambda: stranger.remove("a.wharfinger"), "removed from"),
        (reads, "read from"),
    )
    for act, what in faults:
        with pytest.raises(NotKept, match=rf"Backups cannot be {what} s3://backups/wharfinger") as refused:
            act()
        assert "secret" not in str(refused.value)
    assert server.objects == {}
