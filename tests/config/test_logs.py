"""Logs that a lasting fault does not fill."""

import logging

import pytest

from wharfinger.config.logs import WithoutRepeats


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def kept(clock):
    return WithoutRepeats(clock)


def record(message, *args, level=logging.WARNING, name="test", error=None, **extra):
    info = None if error is None else (type(error), error, error.__traceback__)
    return logging.getLogger(name).makeRecord(name, level, __file__, 1, message, args, info, extra=extra)


def raised(error):
    try:
        raise error
    except type(error) as caught:
        return caught


def test_the_same_fault_is_written_once_a_minute_with_how_often_it_was_met(kept, clock):
    written = []
    for second in range(0, 121, 5):
        clock.now = float(second)
        fault = record("Job run_flow[%s] ended, lasted 0.%03d s", second, second, error=raised(ValueError(f"{second}")))
        if kept.filter(fault):
            written.append((second, getattr(fault, "repeated", 0)))
    assert written == [(0, 0), (60, 11), (120, 11)]


def test_other_faults_and_what_is_no_fault_are_written(kept):
    assert all(kept.filter(record(text)) for text in ("one", "other"))
    assert all(kept.filter(record("took 3 orders", level=logging.INFO)) for _ in range(3))
    assert [kept.filter(record("no", error=raised(kind()))) for kind in (ValueError, KeyError)] == [True, True]


def test_words_that_differ_in_running_numbers_only_are_the_same_fault(kept):
    assert kept.filter(record("Job fetch[12](account=1) lasted 0.2 s"))
    assert not kept.filter(record("Job fetch[13](account=1) lasted 0.31 s"))
    assert kept.filter(record("Job fetch[14](account=2) lasted 0.31 s"))


def test_a_thousand_different_faults_take_no_memory_for_ever(kept, clock):
    for number in range(3000):
        clock.now += 1.0
        kept.filter(record("fault %s", chr(97 + number % 26) * (number // 26)))
    assert len(kept._met) <= 1000


@pytest.mark.parametrize(("name", "extra"), [("django.request", {"status_code": 403}), ("django.security.csrf", {})])
def test_a_refusal_is_a_line_without_a_traceback(kept, name, extra):
    refusal = record("Forbidden: %s", "/stock/", name=name, error=raised(PermissionError()), **extra)
    assert (kept.filter(refusal), refusal.exc_info) == (True, None)


def test_a_fault_of_ours_keeps_its_traceback(kept):
    fault = record("Internal", name="django.request", error=raised(ValueError()), status_code=500)
    assert (kept.filter(fault), fault.exc_info is not None) == (True, True)
