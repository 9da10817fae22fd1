"""What a channel is, and what is still missing before it may run."""

from dataclasses import dataclass

from wharfinger.domain.labels import Labelled
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.domain.sentences import N_


class ImportFba(Labelled):
    NO_FBA = "no_fba", "No FBA import"
    ONLY_FBA = "only_fba", "Only FBA Import"


class CustomerPolicy(Labelled):
    """Whose record an order's buyer becomes."""

    EACH_BUYER = "each_buyer", "One customer for each buyer"
    GENERIC = "generic", "Generic customer of the month"


class ActivatedFor(Labelled):
    """Which Amazon a demo system's channel may speak to; a demo system never calls a live endpoint."""

    SIMULATOR = "simulator", "Simulator"
    SANDBOX = "sandbox", "Sandbox"

    @property
    def backend(self) -> str:
        return "the simulator" if self is ActivatedFor.SIMULATOR else "Amazon's sandbox"


class LinkState(Labelled):
    WAITING = "waiting", "Waiting for authorisation"
    LINKED = "linked", "Linked"
    NOT_LINKED = "not_linked", "Not linked"
    LOST = "lost", "Authorisation lost"


class AuthorisationState(Labelled):
    """How far one press of Authorise has come."""

    OPEN = "open", "Open"
    RETURNED = "returned", "Returned"
    EXCHANGING = "exchanging", "Exchanging"
    DONE = "done", "Done"
    REFUSED = "refused", "Refused"
    FAILED = "failed", "Failed"


class AuthorisationOutcome(Labelled):
    """Why a press of Authorise ended as it did."""

    LINKED = "linked", "Linked"
    REFUSED = "refused", "Refused"
    EXPIRED = "expired", "Expired"
    REPLAYED = "replayed", "Replayed"
    WRONG_SELLER = "wrong_seller", "Wrong seller"
    WRONG_REGION = "wrong_region", "Wrong region"
    DRAFT = "draft", "Draft"
    CODE_REFUSED = "code_refused", "Code refused"
    APPLICATION_REFUSED = "application_refused", "Application refused"
    NO_ANSWER = "no_answer", "No answer"
    CHANNEL_TAKEN = "channel_taken", "Channel taken"


def import_fba_for(kind: Fulfilment) -> ImportFba:
    """The one value of Import FBA Orders that a channel of this kind may have (the guide's rule)."""
    return ImportFba.ONLY_FBA if kind is Fulfilment.FBA else ImportFba.NO_FBA


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """What decides whether a channel runs. `activated_for`: demo systems; in a live system it is None."""

    kind: Fulfilment
    enabled: bool
    activated: bool
    archived: bool
    link: LinkState
    has_site: bool
    has_courier: bool
    activated_for: ActivatedFor | None = None

    @property
    def only_checked(self) -> bool:
        """Amazon's sandbox answers published examples only: there is nothing to trade with."""
        return self.activated and self.activated_for is ActivatedFor.SANDBOX


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that keeps a channel from running, and its remedy. `by_choice`: a person's decision, not a fault."""

    what: str
    remedy: str
    by_choice: bool = False


ONLY_CHECKED = N_("Sandbox: only checked")
SANDBOX_MISSING = Missing(
    f"{ONLY_CHECKED}.",
    N_("It imports no orders and sends nothing. Deactivate it, then activate it for the simulator, to try trading."),
    by_choice=True,
)


def missing_before_running(facts: ChannelFacts) -> tuple[Missing, ...]:
    """Everything that keeps the channel from running, most basic first; empty = it runs."""
    found = []
    if facts.archived:
        found.append(Missing(N_("The channel is archived."), N_("Restore it from the channel's page."), by_choice=True))
    if not facts.enabled:
        found.append(Missing(N_("Channel Enabled is off."), N_("Switch it on under General."), by_choice=True))
    if not facts.activated:
        remedy = N_("An administrator activates it on the channel's page.")
        found.append(Missing(N_("Not activated in this demo system."), remedy, by_choice=True))
    if facts.only_checked:
        found.append(SANDBOX_MISSING)
    if not facts.has_site:
        found.append(Missing(N_("No Site is set."), N_("Set Site in the (Global) options list.")))
    if facts.kind is Fulfilment.FBM and not facts.has_courier:
        found.append(
            Missing(N_("No courier service is mapped."), N_("Choose a courier service in the (Global) options list."))
        )
    remedies = {
        LinkState.WAITING: N_("Press Authorise."),
        LinkState.NOT_LINKED: N_("See the checks below, fix what failed, then press Check again."),
        LinkState.LOST: N_("Press Authorise again; queued work is sent afterwards."),
    }
    if facts.link is not LinkState.LINKED:
        found.append(Missing(f"{facts.link.label}.", remedies[facts.link]))
    return tuple(found)
