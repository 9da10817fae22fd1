"""What New Channel checks before a channel is made: each check names its remedy, and the remedy leads back."""

from dataclasses import dataclass

from wharfinger.db.queries.channels.setup_checks import SetupFacts
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.web.https import comes_back_from_amazon


@dataclass(frozen=True, slots=True)
class Check:
    """`state`: good, warn (go on if you like) or bad (go on when it is fixed). `go`: the remedy's button."""

    state: str
    title: str
    text: str
    remedy: str = ""
    go: str = ""
    button: str = ""


def checks_for(kind: Fulfilment, facts: SetupFacts, seller_id: str = "") -> list[Check]:
    """What must be there for a channel of this marketplace. `seller_id`: whose, when it is known already."""
    own = _fbm_checks(facts) if kind is Fulfilment.FBM else _fba_checks(facts)
    return [*own, _twin_check(kind, facts, seller_id), _application_check(facts), _address_check()]


def _fbm_checks(facts: SetupFacts) -> list[Check]:
    title = "A courier service that gives its tracking number at once"
    if facts.prompt_couriers:
        courier = Check("good", title, ", ".join(name for _, name in facts.prompt_couriers))
    elif facts.other_couriers:
        courier = Check(
            "warn",
            title,
            f"There is none. {', '.join(facts.other_couriers)} can be chosen, but numbers that come later make late "
            "confirmations, and you will be asked to acknowledge that.",
            "Add one whose label program shows the number at once.",
            "courier",
            "Add a courier service",
        )
    else:
        courier = Check(
            "bad",
            title,
            "There is no courier service at all. Amazon wants the tracking number when the parcel leaves.",
            "Add the service that you ship with.",
            "courier",
            "Add a courier service",
        )
    if facts.own_sites:
        return [courier, Check("good", "A site of your own", ", ".join(name for _, name in facts.own_sites))]
    remedy = "Make your warehouse, shop or 3PL."
    return [
        courier,
        Check("bad", "A site of your own", "Orders are fulfilled from one.", remedy, "site", "Make a site"),
    ]


def _fba_checks(facts: SetupFacts) -> list[Check]:
    title = f"An FBA site for the pool {facts.pool_title}"
    if not facts.pool_sites:
        return [
            Check(
                "bad",
                title,
                f"{facts.marketplace} is served from Amazon's stock in the pool {facts.pool_title}. A stock control "
                "site of kind FBA for it is mandatory.",
                "Make it now; you come back here.",
                "fba-site",
                f"Make the FBA site for {facts.pool_title}",
            )
        ]
    names = ", ".join(f"{site.name} ({site.account})" if site.account else site.name for site in facts.pool_sites)
    found = Check("good", title, names)
    if any(site.loaded for site in facts.pool_sites):
        return [found, Check("good", "Its stock levels", "They were loaded from Amazon.")]
    text = (
        "It has none yet. FBA orders are kept and wait until it has; when the channel is linked, one button loads the "
        "levels from Amazon and releases them."
    )
    return [found, Check("warn", "Its stock levels", text)]


def _twin_check(kind: Fulfilment, facts: SetupFacts, seller_id: str) -> Check:
    title = f"No {kind} channel for {facts.marketplace} yet"
    if not facts.twins:
        return Check("good", title, "Each seller account has one channel for a marketplace and kind.")
    names = ", ".join(name for _, name in facts.twins)
    if seller_id and seller_id in facts.twin_sellers:
        text = f"There is {names}, and seller {seller_id} has one channel for a marketplace and kind."
        return Check("bad", title, text, "Choose another marketplace, or another seller account.")
    return Check("warn", title, f"There is {names}. A second one is taken for another seller account only.")


def _application_check(facts: SetupFacts) -> Check:
    title = "Your Amazon application"
    if facts.application:
        return Check("good", title, "It is entered under Settings; Authorise uses it.")
    text = "It is not entered yet. Authorise, and an Auth Token too, need your own application at Amazon."
    return Check("warn", title, text, "Enter it now or later.", "application", "Enter the application")


def _address_check() -> Check:
    title = "Amazon can send you back here"
    if comes_back_from_amazon():
        return Check("good", title, "Authorise leads to Seller Central and back.")
    text = (
        "Our own address is not https, and Amazon sends browsers back to https addresses only. Paste the Auth Token of "
        "a self-authorised application on the step Channel Specific."
    )
    return Check("warn", title, text, "Or give this installation an https address (WHARFINGER_URL).")
