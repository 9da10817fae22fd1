from datetime import date, timedelta

import pytest

from wharfinger.domain.installation.health import Verdict, look_at_date

TODAY = date(2026, 11, 2)


@pytest.mark.parametrize(
    ("days", "verdict", "text"),
    [
        (31, Verdict.WELL, "it expires on 03 Dec 2026, in 31 days"),
        (30, Verdict.SOON, "it expires on 02 Dec 2026, in 30 days"),
        (0, Verdict.SOON, "it expires on 02 Nov 2026, in 0 days"),
        (-1, Verdict.WRONG, "it expires on 01 Nov 2026, 1 day ago"),
    ],
)
def test_a_date_is_well_until_its_first_reminder_and_wrong_when_it_is_over(days, verdict, text):
    finding = look_at_date("Authorisation", "it expires", TODAY + timedelta(days=days), TODAY, "press Authorise")
    assert (finding.verdict, finding.detail) == (verdict, text)
    assert finding.remedy == ("" if verdict is Verdict.WELL else "press Authorise")


def test_a_date_that_nobody_knows_asks_for_it():
    assert look_at_date("Secret", "it must be rotated", None, TODAY, "enter it").verdict is Verdict.SOON
