"""A consent code becomes a refresh token."""

from wharfinger.amazon.auth import Lwa
from wharfinger.amazon.errors import AmazonError, InvalidGrant, Verdict
from wharfinger.operations import authorisation
from wharfinger.sync.calls import Clock


def exchange_code(attempt_id: int, lwa: Lwa, clock: Clock) -> None:
    """Exchange the attempt's code at once; safe to run twice.

    The attempt is written before the call. Cut off half-way it is tried once more; `invalid_grant` on
    the second try then means that the first may have spent the code: Authorise again, the old token stays.
    """
    start = authorisation.start_exchange(attempt_id)
    if start is None:
        return
    try:
        grant = lwa.exchange_code(start.code, start.redirect_uri, now=clock.now())
    except InvalidGrant:
        authorisation.fail_exchange(
            attempt_id,
            error="Amazon takes this authorisation code no more: it lives five minutes and works once. "
            "Press Authorise again.",
        )
    except AmazonError as error:
        if error.verdict is Verdict.LATER:
            authorisation.put_off_exchange(attempt_id)
        else:
            authorisation.fail_exchange(attempt_id, error=str(error))
    else:
        if grant.refresh_token is None:
            authorisation.fail_exchange(attempt_id, error="Amazon gave no refresh token. Press Authorise again.")
            return
        authorisation.finish_exchange(attempt_id, refresh_token=grant.refresh_token, now=clock.now())
