"""A disk that takes nothing more, and what it leaves: nothing is acknowledged that is not written, nothing is torn."""

import json
import resource
from contextlib import contextmanager

import pytest
from tests.simulator.conftest import Amazon

from amazon_simulator.access.rate_limits import Limits
from amazon_simulator.core.clock import Clock
from amazon_simulator.core.journal import Journal, NotWritten

MIX = {"mix": {"count": 5}}


def full_disk(journal):
    """A write is broken off in the middle of a line."""
    return no_file_beyond(journal.stat().st_size + 10)


@contextmanager
def no_file_beyond(size):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def state_of(amazon):
    return amazon.control("GET", "books")[1]


@pytest.fixture
def journal(tmp_path):
    return tmp_path / "journal.jsonl"


def test_a_change_that_cannot_be_written_is_not_acknowledged_and_leaves_no_torn_line(tmp_path, journal):
    amazon = Amazon(tmp_path)
    amazon.control("POST", "orders", MIX)
    before, written = state_of(amazon), journal.read_bytes()
    with full_disk(journal):
        for _ in range(3):
            assert amazon.send("POST", "/_simulator/orders", body=MIX).status == 503
        assert amazon.send("GET", "/eu/sellers/v1/marketplaceParticipations").status == 503
        assert journal.read_bytes() == written
    amazon.simulator.close()
    after = Amazon(tmp_path)
    assert state_of(after) == before
    after.simulator.close()


def test_with_room_again_it_goes_on_and_the_first_refused_change_is_whole(tmp_path, journal):
    amazon = Amazon(tmp_path)
    with full_disk(journal):
        for _ in range(3):
            amazon.send("POST", "/_simulator/orders", body=MIX)
        with pytest.raises(NotWritten, match=r"journal\.jsonl cannot be written"):
            amazon.simulator.tick()
    assert amazon.control("POST", "orders", MIX)[0] == 201
    state = state_of(amazon)
    assert len(state["orders"]) == 10  # the first of the refused changes, and the one after
    amazon.simulator.close()
    after = Amazon(tmp_path)
    assert state_of(after) == state
    after.simulator.close()


def test_a_journal_that_cannot_be_written_anew_goes_on_as_it_is(journal):
    entities = list(Amazon().simulator.everything())
    with Journal(journal) as kept:
        kept.keep(entities[:2])
        written = journal.read_bytes()
        with no_file_beyond(len(written)), pytest.raises(NotWritten, match="written anew"):
            kept.rewrite(entities)
        assert (journal.read_bytes(), journal.with_suffix(".part").exists()) == (written, False)
        kept.keep(entities[2:4])
        kept.rewrite(entities)
        assert (kept.needs_rewrite, kept.lines) == (False, len(entities))


def test_trade_time_that_cannot_be_published_does_not_move(tmp_path):
    clock = Clock(start=0.0, stepped=True, file=tmp_path / "clock.json")
    with no_file_beyond(5), pytest.raises(NotWritten):
        clock.advance(60)
    assert (clock.seconds(), Clock(stepped=True, file=tmp_path / "clock.json").seconds()) == (0.0, 0.0)


SOUND = b'{"type":"batch","lines":1}\n{"sound":1}\n{"sound":2}\n'


@pytest.mark.parametrize(
    "torn",
    [
        b'{"sou',  # killed while writing
        b'{"type":"bat',
        b'{"type":"batch","lines":3}\n{"sound":3}\n',  # a batch that is not all there
        b'{"sou{"sound":3}\n{"sound":4}\n',  # glued to what came after a full disk
        b'{"type":"batch","li{"sound":3}\n{"sound":4}\n',
        b"\0\0\0\0\0\0\n",  # a file that grew before its content came
        b"\xff\xfe\n{}\n",
    ],
)
def test_a_journal_is_cut_back_to_its_last_sound_record(journal, torn):
    journal.write_bytes(SOUND + torn)
    with Journal(journal) as opened:
        assert opened.cut == len(torn)
    assert (journal.read_bytes(), journal.with_suffix(".torn").read_bytes()) == (SOUND, torn)


def test_a_sound_line_of_another_version_is_not_cut(journal):
    journal.write_bytes(SOUND)
    with Journal(journal) as opened, pytest.raises(ValueError, match="another version"):
        list(opened.read(Limits.kinds))
    assert json.loads(journal.read_bytes().splitlines()[-1]) == {"sound": 2}
