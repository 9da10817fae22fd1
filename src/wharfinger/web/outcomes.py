"""What each end of an authorisation is called on its page, what it means for the installation, and its remedy."""

from dataclasses import dataclass

from wharfinger.domain.channels.channel import AuthorisationOutcome
from wharfinger.domain.sentences import N_
from wharfinger.operations.access.authorisation import WhyNotOurs

NOTHING = N_("Nothing was linked or changed.")
OLD_STAYS = N_("Nothing was linked; existing access is unchanged.")


@dataclass(frozen=True, slots=True)
class OutcomeText:
    """`button` names what the main button does: authorise, application, other-channel or edit."""

    tone: str
    title: str
    means: str
    remedy: str
    button: str = "authorise"


OUTCOMES: dict[AuthorisationOutcome, OutcomeText] = {
    AuthorisationOutcome.LINKED: OutcomeText(
        "good",
        N_("It worked."),
        N_("Calls to Amazon now use the new access. Queued work is sent and new orders are imported automatically."),
        N_(
            "The channel opens in Edit with Seller ID and Token Expiry filled in. Press Save Channel there: the "
            "settings are checked with Amazon once more."
        ),
        "edit",
    ),
    AuthorisationOutcome.REFUSED: OutcomeText(
        "warn", N_("The consent was not given."), NOTHING, N_("Press Authorise again when you are ready.")
    ),
    AuthorisationOutcome.DRAFT: OutcomeText(
        "bad",
        N_("Amazon treats the application as a draft (MD1000)."),
        N_(
            "A draft can be authorised only when it is opened in Seller Central as a draft. Nothing was linked or "
            "changed."
        ),
        N_("Tick “The application is a draft” under Settings, Amazon application, then press Authorise again."),
        "application",
    ),
    AuthorisationOutcome.EXPIRED: OutcomeText(
        "bad",
        N_("It took too long."),
        N_(
            "An authorisation must be completed within ten minutes of pressing Authorise. Nothing was linked or "
            "changed."
        ),
        N_("Press Authorise again and go through Seller Central without a long pause."),
    ),
    AuthorisationOutcome.REPLAYED: OutcomeText(
        "bad",
        N_("This authorisation was used already."),
        NOTHING,
        N_("Each press of Authorise works once: press it again."),
    ),
    AuthorisationOutcome.WRONG_SELLER: OutcomeText(
        "bad",
        N_("You signed in as another seller."),
        OLD_STAYS,
        N_(
            "Sign out of Seller Central, press Authorise again and sign in as the channel's seller; or create a "
            "channel for the other seller."
        ),
        "other-channel",
    ),
    AuthorisationOutcome.WRONG_REGION: OutcomeText(
        "bad",
        N_("This seller belongs to another region."),
        OLD_STAYS,
        N_(
            "Create a channel for a marketplace of that region and authorise there; or press Authorise again and sign "
            "in as "
            "a seller of this channel's region."
        ),
        "other-channel",
    ),
    AuthorisationOutcome.CODE_REFUSED: OutcomeText(
        "bad",
        N_("Amazon did not accept the authorisation code."),
        OLD_STAYS,
        N_("Press Authorise again to get a new code."),
    ),
    AuthorisationOutcome.APPLICATION_REFUSED: OutcomeText(
        "bad",
        N_("Amazon does not accept the application."),
        N_(
            "The fault is the application's client id, client secret or redirect URI, not the seller's: the channels "
            "stay "
            "linked, but no orders are imported and nothing is sent until it is corrected."
        ),
        N_(
            "Copy the client id and secret again from the Solution Provider Portal, and check that the redirect URI "
            "is registered; then press Authorise again."
        ),
        "application",
    ),
    AuthorisationOutcome.NO_ANSWER: OutcomeText(
        "bad",
        N_("Amazon gave no answer."),
        OLD_STAYS,
        N_("Press Authorise again in a moment. The earlier code is no longer valid."),
    ),
    AuthorisationOutcome.CHANNEL_TAKEN: OutcomeText(
        "bad",
        N_("The seller has this channel already."),
        OLD_STAYS,
        N_("Use the existing channel, or choose another marketplace for this one."),
        "edit",
    ),
}

NOT_OURS: dict[WhyNotOurs, OutcomeText] = {
    WhyNotOurs.UNKNOWN: OutcomeText(
        "bad",
        N_("This return cannot be used"),
        N_("The address does not belong to an authorisation started here. Nothing was linked or changed."),
        N_("Open the channel and press Authorise."),
    ),
    WhyNotOurs.OTHER_SESSION: OutcomeText(
        "bad",
        N_("This authorisation was started elsewhere"),
        N_("It was started in another browser, or before you last signed in. Nothing was linked or changed."),
        N_("Press Authorise again in this browser."),
    ),
    WhyNotOurs.REPLAYED: OUTCOMES[AuthorisationOutcome.REPLAYED],
}
