"""What each end of an authorisation is called on its page, what it means for the installation, and its remedy."""

from dataclasses import dataclass

from wharfinger.domain.channels.channel import AuthorisationOutcome
from wharfinger.operations.access.authorisation import WhyNotOurs

NOTHING = "Nothing was linked or changed."
OLD_STAYS = "Nothing was linked; access that was held before stays as it is."


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
        "Calls to Amazon now use the new access. What waited while there was none goes out and comes in by itself.",
        "The channel opens in Edit with Seller ID and Token Expiry filled in. Press Save Channel there: Amazon is "
        "asked once more whether everything fits.",
        "edit",
    ),
    AuthorisationOutcome.REFUSED: OutcomeText(
        "warn", "The consent was not given.", NOTHING, "Press Authorise again when you are ready."
    ),
    AuthorisationOutcome.DRAFT: OutcomeText(
        "bad",
        "Amazon holds the application for a draft (MD1000).",
        f"A draft is authorised only when Seller Central is told that it is one. {NOTHING}",
        "Tick “The application is a draft” under Settings, Amazon application, then press Authorise again.",
        "application",
    ),
    AuthorisationOutcome.EXPIRED: OutcomeText(
        "bad",
        "It took too long.",
        f"An authorisation must be ended within ten minutes of pressing Authorise. {NOTHING}",
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
        "Sign out of Seller Central, press Authorise again and sign in as the channel's seller; or make a channel "
        "for the other seller.",
        "other-channel",
    ),
    AuthorisationOutcome.WRONG_REGION: OutcomeText(
        "bad",
        "This seller belongs to another region.",
        OLD_STAYS,
        "Make a channel for a marketplace of that region and authorise there; or press Authorise again and sign in as "
        "a seller of this channel's region.",
        "other-channel",
    ),
    AuthorisationOutcome.CODE_REFUSED: OutcomeText(
        "bad",
        "Amazon did not take the authorisation code.",
        OLD_STAYS,
        "Press Authorise again: that gives a fresh code.",
    ),
    AuthorisationOutcome.APPLICATION_REFUSED: OutcomeText(
        "bad",
        "Amazon does not accept the application.",
        "The fault is the application's client id, client secret or redirect URI, not the seller's: the channels stay "
        "linked as they are, yet no call is answered until it is corrected.",
        "Copy client id and secret anew from the Solution Provider Portal, and see that the redirect URI is "
        "registered; then press Authorise again.",
        "application",
    ),
    AuthorisationOutcome.NO_ANSWER: OutcomeText(
        "bad",
        "Amazon gave no answer.",
        OLD_STAYS,
        "Press Authorise again in a moment. The code that was given is worth nothing any more.",
    ),
    AuthorisationOutcome.CHANNEL_TAKEN: OutcomeText(
        "bad",
        "The seller has this channel already.",
        OLD_STAYS,
        "Use the channel that is there, or choose another marketplace for this one.",
        "edit",
    ),
}

NOT_OURS: dict[WhyNotOurs, OutcomeText] = {
    WhyNotOurs.UNKNOWN: OutcomeText(
        "bad",
        "This return cannot be used",
        f"The address belongs to no authorisation that was begun here. {NOTHING}",
        "Open the channel and press Authorise.",
    ),
    WhyNotOurs.OTHER_SESSION: OutcomeText(
        "bad",
        "This authorisation was begun elsewhere",
        f"It was begun in another browser, or before you signed in anew. {NOTHING}",
        "Press Authorise again in this browser.",
    ),
    WhyNotOurs.REPLAYED: OUTCOMES[AuthorisationOutcome.REPLAYED],
}
