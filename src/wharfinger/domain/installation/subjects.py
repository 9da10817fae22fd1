"""What a problem or an alert is about, as values. Their text in the database is written and read here alone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import assert_never

from wharfinger.domain.orders.order import Fulfilment

TEXT_AT_MOST = 200
"""The column of a problem's subject."""
SKU_AT_MOST = 150
"""An overlong SKU is known by its beginning; the rest is in the problem's text."""


@dataclass(frozen=True, slots=True)
class AboutOrder:
    """A sales order."""

    order_id: int


@dataclass(frozen=True, slots=True)
class AboutPartAddress:
    """An address of a sales order of which Amazon sent a part only: one problem for each such address."""

    order_id: int
    digest: str


@dataclass(frozen=True, slots=True)
class AboutImport:
    """An imported order."""

    imported_id: int


@dataclass(frozen=True, slots=True)
class AboutMessage:
    """A message of Amazon's by its order's number, so that a newer one solves it; without a number, by its own."""

    account_id: int
    number: str


@dataclass(frozen=True, slots=True)
class AboutNotifications:
    """A seller account's queue of notifications."""

    account_id: int


@dataclass(frozen=True, slots=True)
class AboutGap:
    """An order, by its number, on which Amazon's order report and we differ."""

    account_id: int
    number: str


@dataclass(frozen=True, slots=True)
class AboutSku:
    """A SKU of a seller account, or the beginning of an overlong one."""

    account_id: int
    sku: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "sku", self.sku[:SKU_AT_MOST])


@dataclass(frozen=True, slots=True)
class AboutMissingChannel:
    """A marketplace and kind of a seller account that has no channel; `marketplace_id` may be empty."""

    account_id: int
    marketplace_id: str
    kind: Fulfilment


@dataclass(frozen=True, slots=True)
class AboutMarketplace:
    marketplace_id: str


@dataclass(frozen=True, slots=True)
class AboutSite:
    site_id: int


@dataclass(frozen=True, slots=True)
class AboutLevel:
    """The level of an item at a site."""

    item_id: int
    site_id: int


@dataclass(frozen=True, slots=True)
class AboutListing:
    listing_id: int


@dataclass(frozen=True, slots=True)
class AboutReadBack:
    """A listing that Amazon does not show when it is looked at."""

    listing_id: int


@dataclass(frozen=True, slots=True)
class AboutBothWays:
    """A listing that the seller and Amazon send at once."""

    listing_id: int


@dataclass(frozen=True, slots=True)
class AboutIssues:
    """What Amazon finds wrong with a listing in one marketplace: a channel product."""

    product_id: int


@dataclass(frozen=True, slots=True)
class AboutShown:
    """Whether buyers see a listing in one marketplace: a channel product."""

    product_id: int


@dataclass(frozen=True, slots=True)
class AboutGuard:
    """A channel's write guard."""

    channel_id: int


@dataclass(frozen=True, slots=True)
class AboutHandling:
    """The handling times that a seller account is sent."""

    account_id: int


@dataclass(frozen=True, slots=True)
class AboutSafeMode:
    """A seller account's safe mode."""

    account_id: int


@dataclass(frozen=True, slots=True)
class AboutConfirmation:
    confirmation_id: int


@dataclass(frozen=True, slots=True)
class AboutLabel:
    """A label that is bought, or was."""

    label_id: int


@dataclass(frozen=True, slots=True)
class AboutConnection:
    """A connection to a courier."""

    connection_id: int


@dataclass(frozen=True, slots=True)
class AboutListingsRead:
    """The reading of a marketplace's listings, by the marketplace's name."""

    account_id: int
    marketplace: str


@dataclass(frozen=True, slots=True)
class AboutWork:
    """A flow of a seller account, or an operation of Amazon's that is called for it."""

    account_id: int
    name: str

    def __post_init__(self) -> None:
        if not self.name or ":" in self.name or self.name.isdigit() or self.name in _READ_BY_WORD:
            raise ValueError(f"{self.name!r} is no name of a flow or an operation")


@dataclass(frozen=True, slots=True)
class AboutRoles:
    """Roles at Amazon that a seller account's application lacks, or the flow that is denied; cut to the column."""

    account_id: int
    roles: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "roles", self.roles[: TEXT_AT_MOST - len(f"{self.account_id}:")])


@dataclass(frozen=True, slots=True)
class AboutAccount:
    """A seller account's access."""

    account_id: int


@dataclass(frozen=True, slots=True)
class AboutToken:
    """The end of a seller account's authorisation."""

    account_id: int


@dataclass(frozen=True, slots=True)
class AboutApplication:
    """Whether Amazon takes an application."""

    application_id: int


@dataclass(frozen=True, slots=True)
class AboutSecret:
    """The end of an application's client secret."""

    application_id: int


@dataclass(frozen=True, slots=True)
class AboutRotation:
    """The rotation of an application's client secret."""

    application_id: int


@dataclass(frozen=True, slots=True)
class AboutElse:
    """A text that no version of ours reads any more: kept as it is, so that an old row never breaks a page."""

    text: str


AlertSubject = AboutAccount | AboutToken | AboutApplication | AboutSecret | AboutRotation | AboutMissingChannel
OfListing = AboutListing | AboutReadBack | AboutBothWays | AboutIssues | AboutShown
"""The problem's own link names the listing."""
Subject = (
    AlertSubject
    | OfListing
    | AboutOrder
    | AboutPartAddress
    | AboutImport
    | AboutMessage
    | AboutGap
    | AboutNotifications
    | AboutSku
    | AboutMarketplace
    | AboutSite
    | AboutLevel
    | AboutGuard
    | AboutHandling
    | AboutSafeMode
    | AboutConfirmation
    | AboutLabel
    | AboutConnection
    | AboutListingsRead
    | AboutWork
    | AboutRoles
    | AboutElse
)


def write_subject(subject: Subject) -> str:
    """The subject as it is stored."""
    match subject:
        case AboutOrder(order):
            return f"order:{order}"
        case AboutPartAddress(order, digest):
            return f"order:{order}:part:{digest}"
        case AboutImport(imported):
            return f"imported:{imported}"
        case AboutMessage(account, number):
            return f"raw:{account}:{number}"
        case AboutNotifications(account):
            return f"notifications:{account}"
        case AboutGap(account, number):
            return f"gap:{account}:{number}"
        case AboutSku(account, sku):
            return f"sku:{account}:{sku}"
        case AboutMissingChannel(account, marketplace, kind):
            return f"nochannel:{account}:{marketplace}:{kind.value}"
        case AboutMarketplace(marketplace):
            return f"marketplace:{marketplace}"
        case AboutSite(site):
            return f"site:{site}"
        case AboutLevel(item, site):
            return f"level:{item}:{site}"
        case AboutListing(listing):
            return f"listing:{listing}"
        case AboutReadBack(listing):
            return f"readback:{listing}"
        case AboutBothWays(listing):
            return f"both:{listing}"
        case AboutIssues(product):
            return f"issues:{product}"
        case AboutShown(product):
            return f"shown:{product}"
        case AboutGuard(channel):
            return f"guard:{channel}"
        case AboutHandling(account):
            return f"handling:{account}"
        case AboutSafeMode(account):
            return f"safe:{account}"
        case AboutConfirmation(confirmation):
            return f"confirmation:{confirmation}"
        case AboutLabel(label):
            return f"label:{label}"
        case AboutConnection(connection):
            return f"courier:{connection}"
        case AboutListingsRead(account, marketplace):
            return f"listings:{account}:{marketplace}"
        case AboutWork(account, name):
            return f"{name}:{account}"
        case AboutRoles(account, roles):
            return f"{account}:{roles}"
        case AboutAccount(account):
            return f"account:{account}"
        case AboutToken(account):
            return f"token:{account}"
        case AboutApplication(application):
            return f"application:{application}"
        case AboutSecret(application):
            return f"secret:{application}"
        case AboutRotation(application):
            return f"rotation:{application}"
        case AboutElse(text):
            return text
        case _:
            assert_never(subject)


def read_subject(text: str) -> Subject:
    """What was written; `AboutElse` when it cannot be read."""
    word, _, rest = text.partition(":")
    try:
        if word in _READ_BY_WORD:
            return _READ_BY_WORD[word](rest)
        return AboutRoles(int(word), rest) if word.isdecimal() else AboutWork(int(rest), word)
    except ValueError:
        return AboutElse(text)


def _order(rest: str) -> Subject:
    order, part, digest = rest.partition(":part:")
    return AboutPartAddress(int(order), digest) if part else AboutOrder(int(order))


def _missing_channel(rest: str) -> Subject:
    account, marketplace_and_kind = rest.split(":", 1)
    marketplace, kind = marketplace_and_kind.rsplit(":", 1)
    return AboutMissingChannel(int(account), marketplace, Fulfilment(kind))


def _level(rest: str) -> Subject:
    item, site = rest.split(":")
    return AboutLevel(int(item), int(site))


def _of_account(make: Callable[[int, str], Subject]) -> Callable[[str], Subject]:
    """A number and a text, in which colons may stand."""

    def read(rest: str) -> Subject:
        account, rest_of_key = rest.split(":", 1)
        return make(int(account), rest_of_key)

    return read


def _by_number(make: Callable[[int], Subject]) -> Callable[[str], Subject]:
    return lambda rest: make(int(rest))


_READ_BY_WORD: Mapping[str, Callable[[str], Subject]] = {
    "order": _order,
    "imported": _by_number(AboutImport),
    "raw": _of_account(AboutMessage),
    "gap": _of_account(AboutGap),
    "notifications": _by_number(AboutNotifications),
    "sku": _of_account(AboutSku),
    "nochannel": _missing_channel,
    "marketplace": AboutMarketplace,
    "site": _by_number(AboutSite),
    "level": _level,
    "listing": _by_number(AboutListing),
    "readback": _by_number(AboutReadBack),
    "both": _by_number(AboutBothWays),
    "issues": _by_number(AboutIssues),
    "shown": _by_number(AboutShown),
    "guard": _by_number(AboutGuard),
    "handling": _by_number(AboutHandling),
    "safe": _by_number(AboutSafeMode),
    "confirmation": _by_number(AboutConfirmation),
    "label": _by_number(AboutLabel),
    "courier": _by_number(AboutConnection),
    "listings": _of_account(AboutListingsRead),
    "account": _by_number(AboutAccount),
    "token": _by_number(AboutToken),
    "application": _by_number(AboutApplication),
    "secret": _by_number(AboutSecret),
    "rotation": _by_number(AboutRotation),
}


@dataclass(frozen=True, slots=True)
class AlertKey:
    """What an alert is raised once for: its subject on one occasion, e.g. a reminder's day and step."""

    subject: AlertSubject | AboutElse
    occasion: str


def write_alert_key(key: AlertKey) -> str:
    return f"{write_subject(key.subject)}:{key.occasion}"


def read_alert_key(text: str) -> AlertKey:
    """What was written; of a text that cannot be read, the part before the last colon is the subject."""
    parts = text.split(":", 4 if text.startswith("nochannel:") else 2)
    subject = read_subject(":".join(parts[:-1]))
    if isinstance(subject, AlertSubject):
        return AlertKey(subject, parts[-1])
    subject_text, _, occasion = text.rpartition(":")
    return AlertKey(AboutElse(subject_text), occasion)
