"""What each end of an authorisation is called on its page, what it means for the installation, and its remedy."""

from dataclasses import dataclass

from wharfinger.domain.channels.channel import AuthorisationOutcome
from wharfinger.operations.access.authorisation import WhyNotOurs

NOTHING = "Nothing was linked or changed."
OLD_STAYS = "Nothing was linked; existing access is unchanged."


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
        "It worked.",
        "Calls to Amazon now use the new access. Queued work is sent and new orders are imported automatically.",
        "The channel opens in Edit with Seller ID and Token Expiry filled in. Press Save Channel there: the "
        "settings are checked with Amazon once more.",
        "edit",
    ),
    AuthorisationOutcome.REFUSED: OutcomeText(
        "warn", "The consent was not given.", NOTHING, "Press Authorise again when you are ready."
    ),
    AuthorisationOutcome.DRAFT: OutcomeText(
        "bad",
        "Amazon treats the application as a draft (MD1000).",
        f"A draft can be authorised only when it is opened in Seller Central as a draft. {NOTHING}",
        "Tick “The application is a draft” under Settings, Amazon application, then press Authorise again.",
        "application",
    ),
    AuthorisationOutcome.EXPIRED: OutcomeText(
        "bad",
        "It took too long.",
        f"An authorisation must be completed within ten minutes of pressing Authorise. {NOTHING}",
        "Press Authorise again and go through Seller Central without a long pause.",
    ),
    AuthorisationOutcome.REPLAYED: OutcomeText(
        "bad",
        "This authorisation was used already.",
        NOTHING,
        "Each press of Authorise works once: press it again.",
    ),
    AuthorisationOutcome.WRONG_SELLER: OutcomeText(
        "bad",
        "You signed in as another seller.",
        OLD_STAYS,
        "Sign out of Seller Central, press Authorise again and sign in as the channel's seller; or create a "
        "channel for the other seller.",
        "other-channel",
    ),
    AuthorisationOutcome.WRONG_REGION: OutcomeText(
        "bad",
        "This seller belongs to another region.",
        OLD_STAYS,
        "Create a channel for a marketplace of that region and authorise there; or press Authorise again and sign in "
        "as "
        "a seller of this channel's region.",
        "other-channel",
    ),
    AuthorisationOutcome.CODE_REFUSED: OutcomeText(
        "bad",
        "Amazon did not accept the authorisation code.",
        OLD_STAYS,
        "Press Authorise again to get a new code.",
    ),
    AuthorisationOutcome.APPLICATION_REFUSED: OutcomeText(
        "bad",
        "Amazon does not accept the application.",
        "The fault is the application's client id, client secret or redirect URI, not the seller's: the channels stay "
        "linked, but no orders are imported and nothing is sent until it is corrected.",
        "Copy the client id and secret again from the Solution Provider Portal, and check that the redirect URI "
        "is registered; then press Authorise again.",
        "application",
    ),
    AuthorisationOutcome.NO_ANSWER: OutcomeText(
        "bad",
        "Amazon gave no answer.",
        OLD_STAYS,
        "Press Authorise again in a moment. The earlier code is no longer valid.",
    ),
    AuthorisationOutcome.CHANNEL_TAKEN: OutcomeText(
        "bad",
        "The seller has this channel already.",
        OLD_STAYS,
        "Use the existing channel, or choose another marketplace for this one.",
        "edit",
    ),
}

NOT_OURS: dict[WhyNotOurs, OutcomeText] = {
    WhyNotOurs.UNKNOWN: OutcomeText(
        "bad",
        "This return cannot be used",
        f"The address does not belong to an authorisation started here. {NOTHING}",
        "Open the channel and press Authorise.",
    ),
    WhyNotOurs.OTHER_SESSION: OutcomeText(
        "bad",
        "This authorisation was started elsewhere",
        f"It was started in another browser, or before you last signed in. {NOTHING}",
        "Press Authorise again in this browser.",
    ),
    WhyNotOurs.REPLAYED: OUTCOMES[AuthorisationOutcome.REPLAYED],
}
