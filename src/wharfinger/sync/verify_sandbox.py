"""A demo system's channel that is activated for Amazon's sandbox: checked, and nothing else.

The static sandbox answers the pairs of the published models only, with examples: it proves the application, the token
and the way to Amazon; what it says of marketplaces is nobody's, and is not kept.
"""

from collections.abc import Mapping
from datetime import datetime

from wharfinger.amazon.errors import AmazonError, InvalidGrant, Verdict
from wharfinger.db.queries.access.verification import account_link_state
from wharfinger.domain.channels.channel import ONLY_CHECKED, LinkState
from wharfinger.operations.access import accounts
from wharfinger.operations.access.accounts import CheckLine
from wharfinger.sync.calls import Calls, Clock, NotBefore
from wharfinger.sync.verify import NOT_CHECKED, TOKEN

ANSWERS = "Amazon's sandbox answers"
_REMEDIES: Mapping[str, str] = {
    TOKEN: "Enter the application and an Auth Token of the real Amazon: the simulator's are unknown there.",
    ANSWERS: "See the message, then press Check again.",
}


def verify_in_sandbox(channel_id: int, calls: Calls, clock: Clock) -> datetime | None:
    """Returns when to check again (trade time) where the rate did not let the checks go to their end."""
    lines = {title: CheckLine(title, None) for title in (TOKEN, ANSWERS)}
    was_linked = account_link_state(channel_id) is not LinkState.WAITING
    again_at = None
    try:
        calls.prove_token()
        lines[TOKEN] = CheckLine(TOKEN, True, "Amazon issues access tokens.")
        accounts.record_checks(channel_id, list(lines.values()), linked=None, now=clock.now())
        calls.get_marketplace_participations()
        lines[ANSWERS] = CheckLine(ANSWERS, True, f"{ONLY_CHECKED}; it returns published examples only.")
        linked: LinkState | None = LinkState.LINKED
    except NotBefore as wait:
        linked, again_at = None, wait.at
        lines[ANSWERS] = CheckLine(ANSWERS, None, f"Waiting for Amazon's rate limit until {wait.at:%H:%M:%S} UTC.")
    except AmazonError as error:
        title = TOKEN if lines[TOKEN].ok is None else ANSWERS
        lines[title] = CheckLine(title, False, str(error), _REMEDIES[title])
        if title == TOKEN:
            lines[ANSWERS] = CheckLine(ANSWERS, None, NOT_CHECKED, left_out=True)
        linked = None if error.verdict is Verdict.LATER else LinkState.NOT_LINKED
        if isinstance(error, InvalidGrant) and was_linked:
            linked = LinkState.LOST
    accounts.record_checks(channel_id, list(lines.values()), linked=linked, now=clock.now())
    return again_at
