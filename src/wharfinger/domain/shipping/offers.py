"""Offers of labels: what carriers offer for one parcel, and which of them a courier service takes. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from wharfinger.domain.labels import Labelled
from wharfinger.domain.sentences import N_, Sentence
from wharfinger.domain.shipping.connections import LabelFormat
from wharfinger.domain.shipping.dispatching import Stays

OFFERS_LIVE = timedelta(minutes=9)
"""Amazon's own are good for ten minutes; the last of them is left for the purchase itself."""
CLAIMS_PROTECTED, OTDR_PROTECTED = "CLAIMS_PROTECTED", "OTDR_PROTECTED"
_NAMED_AT_MOST = 4


class OfferRule(Labelled):
    """Which offer a courier service takes."""

    IN_TIME = "in_time", "Cheapest that arrives by Amazon's delivery date"
    CHEAPEST = "cheapest", "Cheapest"
    BY_HAND = "by_hand", "A person chooses"


class Protection(Labelled):
    """How much it matters that Amazon pays for claims of parcels that did not arrive."""

    PREFERRED = "preferred", "Preferred"
    REQUIRED = "required", "Required"
    ANY = "any", "Not needed"


@dataclass(frozen=True, slots=True)
class Extra:
    """A value-added service, such as a signature."""

    id: str
    name: str
    price: Decimal


@dataclass(frozen=True, slots=True)
class ExtraGroup:
    """Of a required group exactly one extra is bought."""

    id: str
    name: str
    required: bool
    extras: tuple[Extra, ...]


@dataclass(frozen=True, slots=True)
class Excluded:
    """A protection that does not come with an offer, with Amazon's codes of why."""

    benefit: str
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """`price`: without extras. `documents`: by format the label's file as it must be requested, in Amazon's words."""

    rate_id: str
    carrier_id: str
    carrier: str
    service_id: str
    service: str
    price: Decimal
    currency: str
    deliver_from: datetime | None = None
    deliver_by: datetime | None = None
    included: tuple[str, ...] = ()
    excluded: tuple[Excluded, ...] = ()
    groups: tuple[ExtraGroup, ...] = ()
    documents: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    needs_inputs: bool = False

    def total(self, extras: Sequence[str]) -> Decimal:
        """With the extras of these ids."""
        prices = {extra.id: extra.price for group in self.groups for extra in group.extras}
        return self.price + sum((prices[one] for one in extras if one in prices), Decimal(0))

    @property
    def protected(self) -> bool:
        return CLAIMS_PROTECTED in self.included


@dataclass(frozen=True, slots=True)
class Ineligible:
    """A service that does not carry this parcel. `reasons`: (code, Amazon's words)."""

    carrier: str
    service: str
    reasons: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Offers:
    """`token`: by which one of them is bought, while they live. `fetched_at`: trade time."""

    token: str
    fetched_at: datetime
    offers: tuple[Offer, ...] = ()
    ineligible: tuple[Ineligible, ...] = ()

    def live(self, now: datetime) -> bool:
        """A moment that only a clock that was ahead can have set is over, too."""
        return self.fetched_at <= now < self.fetched_at + OFFERS_LIVE


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a courier service wants of an offer. `code`: a carrier's or a service's id at Amazon; empty = any.

    `extras`: ids that the label must have where it is offered with any choice.
    """

    rule: OfferRule
    label_format: LabelFormat
    code: str = ""
    protection: Protection = Protection.PREFERRED
    extras: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person chose: the same offer is bought when it must be fetched again, for no higher price.

    `inputs`: what the offer's schema asks for; None = nothing was entered yet.
    """

    carrier_id: str
    service_id: str
    extras: tuple[str, ...]
    price: Decimal
    currency: str
    inputs: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Picked:
    offer: Offer
    extras: tuple[str, ...]


def pick(offers: Offers, wanted: Wanted, *, deliver_by: datetime | None) -> Picked | Stays:
    """The offer that the rule takes; else the reason why none. `deliver_by`: Amazon's delivery date of the order."""
    if not offers.offers:
        return Stays(
            N_(
                "Amazon offers no label for this parcel. %(why)s Services that would probably be late are left out by "
                "Amazon itself. Correct weight and size, or buy the label elsewhere."
            ),
            values={"why": why_ineligible(offers.ineligible)},
        )
    steps: tuple[tuple[Callable[[Offer], bool], Stays], ...] = (
        (
            lambda one: (
                not wanted.code or wanted.code.casefold() in (one.carrier_id.casefold(), one.service_id.casefold())
            ),
            Stays(
                N_(
                    "%(code)s is not among Amazon's offers for this parcel. %(why)s Press “Compare offers” to choose "
                    "another."
                ),
                values={"code": wanted.code, "why": why_ineligible(offers.ineligible)},
            ),
        ),
        (
            lambda one: wanted.label_format in one.documents,
            Stays(
                N_(
                    "No offer gives its label as %(format)s. Choose another format on the service's line under "
                    "Courier connections."
                ),
                values={"format": wanted.label_format.msgid},
            ),
        ),
        (
            lambda one: extras_of(one, wanted.extras) is not None,
            Stays(
                N_("No offer has %(extras)s. Press “Compare offers” to choose what there is."),
                values={"extras": ", ".join(wanted.extras)},
            ),
        ),
        (
            lambda one: not one.needs_inputs,
            Stays(
                N_("The offers for this parcel want customs data. Press “Compare offers”, choose one and enter them.")
            ),
        ),
        (
            lambda one: wanted.protection is not Protection.REQUIRED or one.protected,
            Stays(
                N_(
                    "No offer comes with Amazon's claims protection, which this service requires. Press “Compare "
                    "offers” to choose all the same."
                )
            ),
        ),
        (
            lambda one: wanted.rule is not OfferRule.IN_TIME or arrives_in_time(one, deliver_by),
            Stays(
                N_(
                    "No offer arrives by Amazon's delivery date of this order. Press “Compare offers” to choose all "
                    "the same."
                )
            ),
        ),
    )
    left = list(offers.offers)
    for fits, stays in steps:
        left = [one for one in left if fits(one)]
        if not left:
            return stays
    choices = [Picked(one, extras_of(one, wanted.extras) or ()) for one in left]
    prefers = wanted.protection is not Protection.ANY
    return min(
        choices,
        key=lambda one: (prefers and not one.offer.protected, one.offer.total(one.extras), one.offer.service_id),
    )


def arrives_in_time(offer: Offer, deliver_by: datetime | None) -> bool:
    """Where the order has no day every offer does."""
    return deliver_by is None or (offer.deliver_by is not None and offer.deliver_by <= deliver_by)


def extras_of(offer: Offer, wanted: Sequence[str]) -> tuple[str, ...] | None:
    """Of each required group the wanted extra, else its cheapest; of the others the wanted ones. None where one that is
    wanted is not offered."""
    found: list[str] = []
    for group in offer.groups:
        chosen = [extra.id for extra in group.extras if extra.id in wanted][:1]
        if not chosen and group.required and group.extras:
            chosen = [min(group.extras, key=lambda extra: (extra.price, extra.id)).id]
        found += chosen
    return tuple(found) if set(wanted) <= set(found) else None


def chosen_again(offers: Offers, choice: Choice, label_format: LabelFormat) -> Offer | Stays:
    """The offer that a person chose, among those that were fetched again."""
    same = next(
        (one for one in offers.offers if (one.carrier_id, one.service_id) == (choice.carrier_id, choice.service_id)),
        None,
    )
    if same is None or label_format not in same.documents or fault_of_extras(same, choice.extras) is not None:
        return Stays(N_("What was chosen is not offered any more. Choose again."))
    if same.currency != choice.currency or same.total(choice.extras) > choice.price:
        return Stays(N_("The offers had expired, and what was chosen costs more now. Choose again."))
    return same


def fault_of_extras(offer: Offer, extras: Sequence[str]) -> Stays | None:
    """One of each required group, at most one of the others."""
    known = {extra.id for group in offer.groups for extra in group.extras}
    for group in offer.groups:
        count = sum(extra.id in extras for extra in group.extras)
        if count > 1 or (group.required and count != 1):
            return Stays(N_("Choose one of: %(group)s."), "extras", {"group": group.name or group.id})
    if not set(extras) <= known:
        return Stays(N_("What was chosen is not offered any more. Choose again."))
    return None


def why_ineligible(ineligible: Sequence[Ineligible]) -> str:
    """The first services that do not carry it, with Amazon's words; empty where it names none."""
    said = [
        f"{one.service or one.carrier}: {'; '.join(words or code for code, words in one.reasons)}"
        for one in ineligible[:_NAMED_AT_MOST]
        if one.reasons
    ]
    return " ".join(one if one.endswith(".") else f"{one}." for one in said)


# --- in words

_BENEFITS: Mapping[str, Sentence] = {
    CLAIMS_PROTECTED: N_("claims protection"),
    OTDR_PROTECTED: N_("on-time rate protection"),
    "FBM_SHIP_PLUS": N_("FBM Ship+"),
}
_REASONS: Mapping[str, Sentence] = {
    "LATE_DELIVERY_RISK": N_("may arrive late"),
    "NON_SSA_ORDER": N_("Shipping Settings Automation is off"),
    "NON_AHT_ORDER": N_("Automated Handling Time is off"),
}


def name_of_benefit(code: str) -> Sentence:
    """Of a protection; Amazon's own code where it is not known here."""
    return _BENEFITS.get(code) or Sentence(code)


def names_of_reasons(codes: Sequence[str]) -> tuple[Sentence, ...]:
    """Why a protection does not come along."""
    return tuple(_REASONS.get(code) or Sentence(code) for code in codes)


# --- whether offers can be fetched at all


@dataclass(frozen=True, slots=True)
class ParcelToQuote:
    """`sold_here`: Amazon sells labels for orders of the marketplace. `sides`: in cm, None = not known. `senders`: the
    site has an address from which its parcels are sent."""

    order: str
    marketplace: str
    sold_here: bool
    connection: str
    accounts_fit: bool
    own_address: bool
    site: str
    has_sender: bool
    grams: int | None
    grams_at_most: int
    sides: tuple[int | None, int | None, int | None]
    sku_without_number: str = ""


def why_no_offers(parcel: ParcelToQuote) -> Stays | None:
    """Why no offers can be fetched from Amazon; None = they can. The sentence names the field and the way on."""
    values: dict[str, object] = {"connection": parcel.connection, "order": parcel.order, "site": parcel.site}
    if not parcel.accounts_fit:
        return Stays(
            N_("%(order)s was sold by another seller account than that of %(connection)s. Choose another service."),
            "service_id",
            values,
        )
    if not parcel.sold_here:
        return Stays(
            N_(
                "Amazon sells no labels by its API for orders of %(marketplace)s. Choose another service, or buy the "
                "label "
                "in Seller Central and type its number."
            ),
            "service_id",
            {"marketplace": parcel.marketplace},
        )
    if parcel.own_address:
        return Stays(
            N_(
                "The delivery address of %(order)s was corrected here, and Amazon prints that of its own order. Choose "
                "another service, or have the buyer change the address at Amazon."
            ),
            "service_id",
            values,
        )
    if not parcel.has_sender:
        return Stays(
            N_(
                "Amazon wants to know from where the parcel is sent. An administrator enters the sender address of "
                "%(site)s under Settings, Courier connections."
            ),
            "service_id",
            values,
        )
    if parcel.grams is None:
        return Stays(N_("Give the weight of the parcel in grams: that of its items is not known."), "grams")
    if not 1 <= parcel.grams <= parcel.grams_at_most:
        return Stays(
            N_(
                "The parcel weighs %(grams)s g; %(connection)s takes 1 to %(at_most)s g. Correct the weight, or send "
                "fewer units."
            ),
            "grams",
            {"grams": parcel.grams, "connection": parcel.connection, "at_most": parcel.grams_at_most},
        )
    if any(side is None for side in parcel.sides):
        return Stays(
            N_(
                "Give length, width and height of the parcel in cm: the service has no usual parcel size. An "
                "administrator enters one under Courier connections."
            ),
            "length_cm",
        )
    return None
