from datetime import date, timedelta

import pytest
from tests.factories import channels
from tests.factories.accounts import an_account
from tests.factories.ground import NOW, UK
from tests.factories.stock import an_fba_site

from wharfinger.db.models import (
    Activity,
    AuditEntry,
    AuthorisationAttempt,
    Channel,
    Marketplace,
    SellerAccount,
)
from wharfinger.domain.channels.channel import AuthorisationState
from wharfinger.operations.access import authorisation
from wharfinger.operations.access.authorisation import NotOurs, WhyNotOurs
from wharfinger.operations.refusals import Refused

pytestmark = pytest.mark.django_db

REDIRECT = "http://127.0.0.1:8000/amazon/callback"


def a_channel(application, name="Amazon.co.uk FBM", marketplace=UK, seller_id="", kind="FBM"):
    account = an_account(name, seller_id, application=application, link_state="waiting")
    values = {"name": name, "link_state": "waiting", "import_fba_orders": "no_fba"}
    return channels.a_channel(account, None, marketplace, kind, **values)


def pressed(channel, olga, at=NOW, session="session-1"):
    return authorisation.open_attempt(channel.pk, user=olga, session_key=session, redirect_uri=REDIRECT, machine_now=at)


def returned(state, at=NOW, session="session-1", code="code-1", seller="A1SELLERSELLER", error=""):
    return authorisation.take_return(
        state=state, session_key=session, code=code, seller_id=seller, error=error, machine_now=at
    )


def the_attempt():
    return AuthorisationAttempt.objects.get()


def test_a_good_return_keeps_the_code_encrypted_and_waits_for_its_exchange(application, olga):
    came_back = returned(pressed(a_channel(application), olga))
    attempt = the_attempt()
    assert came_back == authorisation.Returned(attempt.pk)
    assert (attempt.state, attempt.code, attempt.seller_id) == ("returned", "code-1", "A1SELLERSELLER")


def test_without_an_application_authorise_says_where_to_enter_it(olga):
    with pytest.raises(Refused, match="Settings, Amazon application"):
        pressed(a_channel(None), olga)


def test_a_state_works_once(application, olga):
    state = pressed(a_channel(application), olga)
    returned(state)
    assert returned(state) == NotOurs(WhyNotOurs.REPLAYED, the_attempt().pk)
    assert the_attempt().state == "returned"


def test_a_state_that_was_never_given_is_nobodys(application, olga):
    pressed(a_channel(application), olga)
    assert returned("guessed") == NotOurs(WhyNotOurs.UNKNOWN)


def test_a_state_belongs_to_its_session(application, olga):
    state = pressed(a_channel(application), olga)
    assert returned(state, session="another") == NotOurs(WhyNotOurs.OTHER_SESSION)
    assert the_attempt().state == AuthorisationState.OPEN.value


def test_a_state_dies_after_ten_minutes(application, olga):
    returned(pressed(a_channel(application), olga), at=NOW + timedelta(minutes=11))
    assert (the_attempt().state, the_attempt().outcome) == ("failed", "expired")


def test_a_refused_consent_says_so(application, olga):
    returned(pressed(a_channel(application), olga), code="", error="The seller pressed Cancel.")
    assert (the_attempt().state, the_attempt().error) == ("refused", "The seller pressed Cancel.")


def test_the_exchange_fills_in_seller_and_expiry(application, olga):
    channel = a_channel(application)
    returned(pressed(channel, olga))
    start = authorisation.start_exchange(the_attempt().pk)
    assert (start.code, start.redirect_uri) == ("code-1", REDIRECT)
    assert authorisation.finish_exchange(the_attempt().pk, refresh_token="Atzr|new", now=NOW)
    account = SellerAccount.objects.get()
    assert (account.seller_id, account.refresh_token, account.token_expiry) == (
        "A1SELLERSELLER",
        "Atzr|new",
        date(2027, 11, 24),
    )
    assert (the_attempt().state, the_attempt().code) == ("done", "")


def test_another_seller_than_the_channels_links_nothing_names_both_and_spends_no_code(application, olga):
    channel = a_channel(application, seller_id="A1OURSELLERID")
    returned(pressed(channel, olga), seller="A2ANOTHERSELLER")
    attempt = the_attempt()
    assert (attempt.state, attempt.outcome, attempt.code) == ("failed", "wrong_seller", "")
    assert ("A1OURSELLERID" in attempt.error, "A2ANOTHERSELLER" in attempt.error) == (True, True)
    assert authorisation.start_exchange(attempt.pk) is None
    assert SellerAccount.objects.get().refresh_token == ""


def test_a_seller_that_became_known_during_the_exchange_is_compared_again(application, olga):
    channel = a_channel(application)
    returned(pressed(channel, olga), seller="A2ANOTHERSELLER")
    authorisation.start_exchange(the_attempt().pk)
    SellerAccount.objects.update(seller_id="A1OURSELLERID")
    assert authorisation.finish_exchange(the_attempt().pk, refresh_token="Atzr|new", now=NOW) is None
    assert (the_attempt().outcome, SellerAccount.objects.get().refresh_token) == ("wrong_seller", "")


def test_a_channel_that_the_seller_has_already_links_nothing_and_names_it(application, olga):
    a_channel(application, name="The first", seller_id="A1SELLERSELLER")
    newcomer = a_channel(application, name="Twin")
    returned(pressed(newcomer, olga))
    authorisation.start_exchange(the_attempt().pk)
    assert authorisation.finish_exchange(the_attempt().pk, refresh_token="Atzr|new", now=NOW) is None
    assert (the_attempt().outcome, "The first" in the_attempt().error) == ("channel_taken", True)
    assert not SellerAccount.objects.exclude(refresh_token="").exists()


@pytest.mark.parametrize(
    ("params", "outcome", "words"),
    [
        ({"code": "", "error": "The seller pressed Cancel."}, "refused", "pressed Cancel"),
        ({"code": ""}, "refused", "no authorisation code"),
        ({"code": "", "error": "MD1000"}, "draft", "MD1000"),
        ({"code": "", "error": "Error MD5101 occurred"}, "refused", "redirect URI"),
        ({"seller": ""}, "refused", "named no seller"),
        ({"seller": "<script>"}, "refused", "named no seller"),
        ({"code": "", "error": "a\x00b\x1b[31m"}, "refused", "b"),
    ],
)
def test_a_return_that_gives_nothing_ends_there_and_says_why(application, olga, params, outcome, words):
    returned(pressed(a_channel(application), olga), **params)
    attempt = the_attempt()
    assert (attempt.outcome, attempt.state, attempt.code) == (outcome, "refused", "")
    assert words in attempt.error
    assert authorisation.start_exchange(attempt.pk) is None


def test_a_second_channel_of_the_same_seller_joins_the_account_that_is_known(application, olga):
    known = a_channel(application, seller_id="A1SELLERSELLER")
    newcomer = a_channel(application, name="Amazon.de FBM", marketplace="A1PA6795UKMFR9")
    returned(pressed(newcomer, olga))
    authorisation.start_exchange(the_attempt().pk)
    assert authorisation.finish_exchange(the_attempt().pk, refresh_token="Atzr|new", now=NOW)
    assert set(Channel.objects.values_list("account", flat=True)) == {known.account_id}
    assert SellerAccount.objects.count() == 1


def fba_site(channel, name):
    """The channel's own FBA site, taken as Save Channel takes it."""
    site = an_fba_site(channel.account, channel.marketplace.pool, name)
    channels.an_option(channel, site=site)
    return site


def joined(application, olga, marketplace):
    """An FBA channel that was made without its seller turns out to belong to one that is known."""
    known = a_channel(application, name="UK FBA", seller_id="A1SELLERSELLER", kind="FBA")
    fba_site(known, "FBA UK")
    newcomer = a_channel(application, name="Newcomer", marketplace=marketplace, kind="FBA")
    site = fba_site(newcomer, "Newcomer's site")
    Activity.objects.create(happened_at=NOW, text="Made.", account=newcomer.account, channel=newcomer)
    returned(pressed(newcomer, olga))
    authorisation.start_exchange(the_attempt().pk)
    assert authorisation.finish_exchange(the_attempt().pk, refresh_token="Atzr|new", now=NOW) == known.account_id
    assert SellerAccount.objects.count() == 1
    assert set(Activity.objects.values_list("text", flat=True)) >= {"Made."}
    site.refresh_from_db()
    return known, newcomer, site


def test_the_fba_site_of_a_channel_that_joins_a_known_account_goes_along(application, olga):
    known, newcomer, site = joined(application, olga, "A1PA6795UKMFR9")
    assert (site.account_id, newcomer.options.get().site) == (known.account_id, site)


def test_where_the_account_has_a_site_for_the_pool_the_newcomer_shares_it(application, olga):
    Marketplace.objects.create(
        pk="A9SECONDUK", name="Amazon.gb", country="GB", currency="GBP", region="EU", pool="UK", seller_central="x"
    )
    _known, newcomer, site = joined(application, olga, "A9SECONDUK")
    assert (site.account_id, newcomer.options.get().site.name) == (None, "FBA UK")


def test_an_exchange_cut_off_is_tried_once_more_and_no_more(application, olga):
    returned(pressed(a_channel(application), olga))
    attempt = the_attempt().pk
    assert authorisation.start_exchange(attempt) is not None
    assert authorisation.start_exchange(attempt) is not None
    assert authorisation.start_exchange(attempt) is None
    assert (the_attempt().state, the_attempt().outcome) == ("failed", "no_answer")


def test_an_ended_attempt_is_not_exchanged_again(application, olga):
    returned(pressed(a_channel(application), olga))
    authorisation.start_exchange(the_attempt().pk)
    authorisation.finish_exchange(the_attempt().pk, refresh_token="Atzr|new", now=NOW)
    assert authorisation.start_exchange(the_attempt().pk) is None


def authorised(application, olga):
    channel = a_channel(application)
    returned(pressed(channel, olga))
    authorisation.start_exchange(the_attempt().pk)
    account_id = authorisation.finish_exchange(the_attempt().pk, refresh_token="Atzr|abcd1234", now=NOW)
    Channel.objects.update(link_state="linked")
    SellerAccount.objects.update(link_state="linked")
    return account_id


def test_revoked_here_the_token_is_forgotten_the_channels_wait_and_the_audit_says_so(application, olga):
    account_id = authorised(application, olga)
    authorisation.revoke(account_id, user=olga, now=NOW)
    account = SellerAccount.objects.get()
    assert (account.refresh_token, account.token_last_four, account.token_set_at, account.token_expiry) == (
        "",
        "",
        None,
        None,
    )
    assert (account.link_state, Channel.objects.get().link_state) == (("waiting",) * 2)
    entry = AuditEntry.objects.get(verb="revoke")
    assert (entry.user, entry.before, entry.after) == (
        olga,
        {"seller": "A1SELLERSELLER", "token": "set", "token expiry": "2027-11-24"},
        {"seller": "A1SELLERSELLER", "token": "removed", "token expiry": ""},
    )
    entry = AuditEntry.objects.get(verb="authorise")
    assert (entry.before, entry.after) == (
        {"seller": "", "token": "", "token expiry": ""},
        {"seller": "A1SELLERSELLER", "token": "changed", "token expiry": "2027-11-24"},
    )


def test_what_is_not_held_cannot_be_revoked(application, olga):
    channel = a_channel(application)
    with pytest.raises(Refused, match="no access"):
        authorisation.revoke(channel.account_id, user=olga, now=NOW)


def test_no_secret_stands_in_audit_activity_or_error(application, olga):
    account_id = authorised(application, olga)
    authorisation.revoke(account_id, user=olga, now=NOW)
    texts = [str(row) for row in AuditEntry.objects.values_list("before", "after")]
    texts += list(Activity.objects.values_list("text", flat=True)) + [the_attempt().error]
    assert not [text for text in texts if "abcd1234" in text or "code-1" in text]
