"""What must be there before a channel is made: the rules over the facts, and what there is no doubt about."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from wharfinger.domain.orders.order import Fulfilment
from wharfinger.domain.sentences import N_


@dataclass(frozen=True, slots=True)
class PoolSite:
    """An FBA site of the marketplace's pool. `account`: whose stock it mirrors; empty = nobody's yet."""

    id: int
    name: str
    loaded: bool
    account: str


@dataclass(frozen=True, slots=True)
class SetupFacts:
    """What there is for a marketplace and kind. Pairs are (id, name); those that are chosen from in their order.

    `twins`: channels of the marketplace and kind that there are already, whoever's; `twin_sellers`: whose.
    """

    marketplace: str
    country: str
    pool: str
    pool_title: str
    region: str
    pool_sites: tuple[PoolSite, ...]
    own_sites: tuple[tuple[int, str], ...]
    prompt_couriers: tuple[tuple[int, str], ...]
    other_couriers: tuple[str, ...]
    twins: tuple[tuple[int, str], ...]
    twin_sellers: frozenset[str]
    application: bool


class CheckState(StrEnum):
    GOOD = "good"
    WARN = "warn"
    """Go on if you like."""
    BAD = "bad"
    """Go on when it is fixed."""


@dataclass(frozen=True, slots=True)
class Check:
    """What New Channel says of one thing. `go`: what the remedy's `button` opens."""

    state: CheckState
    title: str
    text: str
    remedy: str = ""
    go: str = ""
    button: str = ""


def checks_for(kind: Fulfilment, facts: SetupFacts, seller_id: str = "", *, comes_back: bool) -> list[Check]:
    """What must be there for a channel of this marketplace, whose page shows them in this order.

    `seller_id`: whose, when it is known already; `comes_back`: whether Amazon can send a browser back to us.
    """
    own = _fbm_checks(facts) if kind is Fulfilment.FBM else _fba_checks(facts)
    return [*own, _twin_check(kind, facts, seller_id), _application_check(facts), _address_check(comes_back)]


def _fbm_checks(facts: SetupFacts) -> list[Check]:
    title = N_("A courier service that gives its tracking number at once")
    if facts.prompt_couriers:
        courier = Check(CheckState.GOOD, title, ", ".join(name for _, name in facts.prompt_couriers))
    elif facts.other_couriers:
        courier = Check(
            CheckState.WARN,
            title,
            f"There is none. {', '.join(facts.other_couriers)} can be chosen, but a tracking number that comes later "
            "means a late confirmation, which you must acknowledge.",
            N_("Add one whose label software shows the number at once."),
            "courier",
            N_("Add a courier service"),
        )
    else:
        courier = Check(
            CheckState.BAD,
            title,
            N_("There is no courier service yet. Amazon needs the tracking number when the parcel is dispatched."),
            N_("Add the service you ship with."),
            "courier",
            N_("Add a courier service"),
        )
    if facts.own_sites:
        return [
            courier,
            Check(CheckState.GOOD, N_("A site of your own"), ", ".join(name for _, name in facts.own_sites)),
        ]
    remedy = N_("Create your warehouse, shop or 3PL site.")
    text = N_("Orders are fulfilled from one.")
    return [courier, Check(CheckState.BAD, N_("A site of your own"), text, remedy, "site", N_("Create a site"))]


def _fba_checks(facts: SetupFacts) -> list[Check]:
    title = f"An FBA site for the pool {facts.pool_title}"
    if not facts.pool_sites:
        return [
            Check(
                CheckState.BAD,
                title,
                f"{facts.marketplace} is served from Amazon's stock in the pool {facts.pool_title}. A stock control "
                "site of kind FBA for it is mandatory.",
                N_("Create it now; you return here afterwards."),
                "fba-site",
                f"Create the FBA site for {facts.pool_title}",
            )
        ]
    names = ", ".join(f"{site.name} ({site.account})" if site.account else site.name for site in facts.pool_sites)
    found = Check(CheckState.GOOD, title, names)
    if any(site.loaded for site in facts.pool_sites):
        return [found, Check(CheckState.GOOD, N_("Its stock levels"), N_("They were loaded from Amazon."))]
    text = N_(
        "It has none yet. FBA orders wait until the levels are loaded; when the channel is linked, press Load levels "
        "from Amazon and the orders are imported."
    )
    return [found, Check(CheckState.WARN, N_("Its stock levels"), text)]


def _twin_check(kind: Fulfilment, facts: SetupFacts, seller_id: str) -> Check:
    title = f"No {kind.value} channel for {facts.marketplace} yet"
    if not facts.twins:
        return Check(CheckState.GOOD, title, N_("Each seller account has one channel for a marketplace and kind."))
    names = ", ".join(name for _, name in facts.twins)
    if seller_id and seller_id in facts.twin_sellers:
        text = f"There is {names}, and seller {seller_id} has one channel for a marketplace and kind."
        return Check(CheckState.BAD, title, text, N_("Choose another marketplace, or another seller account."))
    return Check(CheckState.WARN, title, f"There is {names}. A second one is possible for another seller account only.")


def _application_check(facts: SetupFacts) -> Check:
    title = N_("Your Amazon application")
    if facts.application:
        return Check(CheckState.GOOD, title, N_("It is entered under Settings; Authorise uses it."))
    text = N_("It is not entered yet. Both Authorise and an Auth Token need your own application at Amazon.")
    return Check(CheckState.WARN, title, text, N_("Enter it now or later."), "application", N_("Enter the application"))


def _address_check(comes_back: bool) -> Check:
    title = N_("Amazon can send you back here")
    if comes_back:
        return Check(CheckState.GOOD, title, N_("Authorise leads to Seller Central and back."))
    text = N_(
        "Our own address is not https, and Amazon sends browsers back to https addresses only. Paste the Auth Token of "
        "a self-authorised application on the step Channel Specific."
    )
    return Check(CheckState.WARN, title, text, N_("Or give this installation an https address (WHARFINGER_URL)."))


def stops(checks: Sequence[Check]) -> int:
    """How many of them keep the channel from being made."""
    return sum(check.state is CheckState.BAD for check in checks)


def lacks_fba_site(kind: Fulfilment, facts: SetupFacts) -> str:
    """Why an FBA channel of this marketplace cannot be made yet; empty where nothing is in the way."""
    if kind is not Fulfilment.FBA or facts.pool_sites:
        return ""
    return (
        f"{facts.marketplace} is served from the pool {facts.pool_title}, which has no FBA site yet. Create it with "
        "the button below."
    )


def site_for(kind: Fulfilment, facts: SetupFacts, chosen: str) -> str:
    """The id of the site to fill in: what was chosen where it fits, else the one there is no doubt about."""
    fba = kind is Fulfilment.FBA
    sites = [str(site.id) for site in facts.pool_sites] if fba else [str(pk) for pk, _ in facts.own_sites]
    if chosen not in sites and (fba or len(sites) == 1):
        return sites[0] if sites else ""
    return chosen


def courier_service_for(kind: Fulfilment, facts: SetupFacts, chosen: str) -> str:
    """The id of the courier service to fill in, likewise."""
    if kind is Fulfilment.FBA or chosen or len(facts.prompt_couriers) != 1:
        return chosen
    return str(facts.prompt_couriers[0][0])
