"""VAT for the seller's own books: which scheme, whose rate, how much of each line. Pure; Amazon's figures stay apart.

What is not known is said, never guessed: such a line has no amounts, and its order goes on all the same. Amounts that
a buyer pays include VAT (behaviours M01, M02), so VAT is taken out of a line's total, and its net is what remains: sums
by line equal the total to the coin.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import get_currency_precision

from wharfinger.domain.sentences import N_
from wharfinger.domain.vat_areas import NAMES, NO_COUNTRY, in_kingdom, in_union, vat_country
from wharfinger.domain.vat_facts import (
    ItemRate,
    LineVat,
    Reason,
    Registration,
    RegistrationKind,
    Sale,
    Scheme,
    VatLine,
    VatSum,
)
from wharfinger.domain.vat_rates import standard_rate

GB_LIMIT, UNION_LIMIT = Decimal(135), Decimal(150)
"""Value of a consignment, without VAT and transport, up to which who sells accounts for the VAT on import: in pounds
(VAT Act 1994, section 7AA) and in euros (Directive 2006/112/EC, article 14a(1))."""


@dataclass(frozen=True, slots=True)
class _Treatment:
    """`area`: whose rate is taken; empty = none, nothing is due by the seller."""

    scheme: Scheme
    reason: Reason
    area: str = ""


def vat_of(sale: Sale, registrations: Sequence[Registration]) -> tuple[LineVat, ...]:
    """Line by line, in the order of the lines."""
    held = [one for one in registrations if one.holds_on(sale.day)]
    of_seller = _treatment(sale, held)
    return tuple(_line_vat(sale, line, _by_amazon(line) if line.by_amazon else of_seller) for line in sale.lines)


def sums_of(lines: Sequence[LineVat]) -> tuple[VatSum, ...]:
    """Of the lines whose VAT is known, each scheme, country and rate once."""
    sums: dict[tuple[Scheme, str, Decimal | None], VatSum] = {}
    for line in lines:
        if line.gross is None or line.net is None or line.vat is None:
            continue
        key = (line.scheme, line.country, line.rate)
        so_far = sums.get(key, VatSum(*key, Decimal(0), Decimal(0), Decimal(0)))
        sums[key] = VatSum(*key, so_far.gross + line.gross, so_far.net + line.net, so_far.vat + line.vat)
    return tuple(sums.values())


def _line_vat(sale: Sale, line: VatLine, treatment: _Treatment) -> LineVat:
    country = vat_country(treatment.area)
    if line.service and not line.by_amazon:
        return LineVat(
            line.key, Scheme.UNKNOWN, Reason(N_("A service: its VAT depends on what it is and who does it."))
        )
    if treatment.scheme is Scheme.UNKNOWN:
        return LineVat(line.key, Scheme.UNKNOWN, treatment.reason)
    if line.total is None:
        return LineVat(
            line.key, treatment.scheme, Reason(N_("Amazon has not stated the amounts of this line.")), country
        )
    if treatment.scheme is Scheme.MARKETPLACE:
        return _collected(sale, line, treatment)
    if not treatment.area:
        return LineVat(line.key, treatment.scheme, treatment.reason, "", Decimal(0), line.total, line.total, Decimal(0))
    rate = _rate(sale.day, treatment.area, line.rates)
    if rate is None:
        missing = Reason(
            N_("The table has no VAT rate of %(area)s on %(day)s."),
            {"area": _name(treatment.area), "day": str(sale.day)},
        )
        return LineVat(line.key, Scheme.UNKNOWN, missing)
    vat = rounded(line.total * rate / (100 + rate), sale.currency)
    return LineVat(line.key, treatment.scheme, treatment.reason, country, rate, line.total, line.total - vat, vat)


def _collected(sale: Sale, line: VatLine, treatment: _Treatment) -> LineVat:
    """The buyer's tax never reaches the seller: the net is what the line makes without it."""
    if line.total is None or (line.total and not line.tax and _vat_is_due(sale)):
        why = N_("Amazon collects the VAT of this line, and does not state how much of its price that is.")
        return LineVat(line.key, Scheme.MARKETPLACE, Reason(why))
    net = line.total - (line.tax or 0)
    return LineVat(line.key, Scheme.MARKETPLACE, treatment.reason, "", Decimal(0), net, net, Decimal(0))


def _vat_is_due(sale: Sale) -> bool:
    return in_union(sale.to_area) or in_kingdom(sale.to_area)


def rounded(amount: Decimal, currency: str) -> Decimal:
    """To the smallest coin of the currency, halves up."""
    return amount.quantize(Decimal(1).scaleb(-get_currency_precision(currency or "EUR")), ROUND_HALF_UP)


def _rate(day: date, area: str, own: Sequence[ItemRate]) -> Decimal | None:
    country = vat_country(area)
    found = sorted((one for one in own if one.country == country and one.since <= day), key=lambda one: one.since)
    return found[-1].rate if found else standard_rate(area, day)


def _by_amazon(line: VatLine) -> _Treatment:
    return _Treatment(Scheme.MARKETPLACE, Reason(N_("Amazon says that it collects the tax of this line and pays it.")))


def _unknown(text: str, **values: str) -> _Treatment:
    return _Treatment(Scheme.UNKNOWN, Reason(text, values))


def _treatment(sale: Sale, held: Sequence[Registration]) -> _Treatment:
    """What holds for the lines whose tax the seller accounts for."""
    if not sale.from_area:
        return _unknown(N_("It is not known from which country the goods leave: say it under Settings, VAT."))
    if not sale.to_area:
        return _unknown(N_("Amazon has not said to which country the goods go."))
    if _is_vague(sale):
        return _unknown(
            N_("Amazon has not said the postcode, and %(area)s has regions of their own."), area=_name(sale.to_area)
        )
    if in_kingdom(sale.from_area) and in_kingdom(sale.to_area):
        return _domestic(sale, held)
    if vat_country(sale.from_area) == vat_country(sale.to_area) and in_union(sale.from_area) == in_union(sale.to_area):
        return _domestic(sale, held) if in_union(sale.from_area) else _outside()
    if in_union(sale.from_area) and in_union(sale.to_area):
        return _within_union(sale, held)
    if in_kingdom(sale.to_area):
        return _into_kingdom(sale, held)
    if in_union(sale.to_area):
        return _into_union(sale, held)
    return _export(sale) if _of_vat(sale.from_area) else _outside()


def _of_vat(area: str) -> bool:
    return in_union(area) or in_kingdom(area)


def _is_vague(sale: Sale) -> bool:
    """A missing postcode changes nothing within the United Kingdom."""
    return sale.to_area.endswith("?") and not (in_kingdom(sale.from_area) and in_kingdom(sale.to_area))


def _outside() -> _Treatment:
    return _Treatment(Scheme.OUTSIDE, Reason(N_("The goods neither leave from nor go to the UK or the EU.")))


def _domestic(sale: Sale, held: Sequence[Registration]) -> _Treatment:
    country = vat_country(sale.to_area)
    own = _registered(held, country)
    if own is None:
        return _not_registered(country)
    if sale.buyer_country in (country, NO_COUNTRY) and not own.established:
        return _unknown(
            N_(
                "The buyer is a business in %(area)s, where you are registered and not established: whether the buyer "
                "accounts for the VAT depends on that country (article 194)."
            ),
            area=_name(country),
        )
    reason = Reason(N_("The goods leave from and go to %(area)s, where you are registered."), {"area": _name(country)})
    return _Treatment(Scheme.DOMESTIC, reason, sale.to_area)


def _within_union(sale: Sale, held: Sequence[Registration]) -> _Treatment:
    origin, there = _number_country(sale.from_area), _number_country(sale.to_area)
    if sale.buyer_country == NO_COUNTRY:
        return _unknown(
            N_(
                "The buyer's tax number does not say its country: whether the buyer is a business of another member "
                "state decides."
            )
        )
    if sale.buyer_country and sale.buyer_country not in (origin, "GB"):
        if _registered(held, origin) is None:
            return _not_registered(origin)
        return _Treatment(
            Scheme.REVERSE_CHARGE,
            Reason(
                N_(
                    "The goods go from %(origin)s to %(area)s, to a business with a VAT number of %(buyer)s, which "
                    "accounts for the VAT (article 138). Check the number in VIES."
                ),
                {"origin": _name(origin), "area": _name(there), "buyer": _name(sale.buyer_country)},
            ),
        )
    way = {"origin": _name(origin), "area": _name(sale.to_area)}
    if _registered(held, there) is not None:
        text = N_("A distance sale from %(origin)s to %(area)s, where you are registered.")
        if not _has(held, RegistrationKind.UNION_OSS):
            return _Treatment(Scheme.DISTANCE_SALE, Reason(text, way), sale.to_area)
    if _has(held, RegistrationKind.UNION_OSS):
        text = N_("A distance sale from %(origin)s to %(area)s, declared through the Union OSS (article 33).")
        return _Treatment(Scheme.UNION_OSS, Reason(text, way), sale.to_area)
    if any(one.kind is RegistrationKind.BELOW_THRESHOLD and one.country == origin for one in held):
        text = N_(
            "A distance sale from %(origin)s to %(area)s, below the threshold of 10,000 EUR a year (article 59c)."
        )
        return _Treatment(Scheme.ORIGIN, Reason(text, way), sale.from_area)
    return _unknown(
        N_("A distance sale from %(origin)s to %(area)s: neither Union OSS nor a registration there is set."), **way
    )


def _number_country(area: str) -> str:
    """Northern Ireland's VAT numbers for goods begin with XI."""
    return "XI" if area == "XI" else vat_country(area)


def _into_kingdom(sale: Sale, held: Sequence[Registration]) -> _Treatment:
    """From outside the United Kingdom to Great Britain (Northern Ireland from the Union is a distance sale)."""
    value = _value(sale, "GBP", sale.to_area)
    if value is None:
        return _unknown(
            N_("The goods come from outside the UK, and their value in pounds is not known: up to 135 GBP it decides.")
        )
    if value > GB_LIMIT:
        if _registered(held, "GB") is not None:
            return _unknown(N_("Goods of more than 135 GBP from outside the UK: who imports them decides."))
        return _export(sale)
    if sale.buyer_country == NO_COUNTRY:
        return _unknown(
            N_("The buyer's tax number does not say its country: a business of the UK would account for it.")
        )
    if sale.buyer_country == "GB":
        text = N_(
            "Goods of up to 135 GBP from outside the UK to a business with a UK VAT number, which accounts for the VAT."
        )
        return _Treatment(Scheme.REVERSE_CHARGE, Reason(text))
    return _unknown(
        N_(
            "Goods of up to 135 GBP from outside the UK: Amazon has to account for their VAT, and its order does not "
            "say that it does."
        )
    )


def _into_union(sale: Sale, held: Sequence[Registration]) -> _Treatment:
    """From outside the Union's VAT area into it."""
    value = _value(sale, "EUR", sale.to_area)
    if _has(held, RegistrationKind.IOSS) and not sale.buyer_country:
        if value is None:
            return _unknown(
                N_(
                    "The goods come from outside the EU, and their value in euros is not known: up to 150 EUR your "
                    "IOSS holds."
                )
            )
        if value <= UNION_LIMIT:
            text = N_("Goods of up to 150 EUR from outside the EU to %(area)s, declared through your own IOSS.")
            return _Treatment(Scheme.IOSS, Reason(text, {"area": _name(sale.to_area)}), sale.to_area)
    if _registered(held, vat_country(sale.to_area)) is not None and vat_country(sale.to_area) != "GB":
        return _unknown(
            N_("Goods from outside the EU to %(area)s, where you are registered: who imports them decides."),
            area=_name(sale.to_area),
        )
    return _export(sale) if _of_vat(sale.from_area) else _outside_import(sale)


def _outside_import(sale: Sale) -> _Treatment:
    return _unknown(
        N_("Goods from outside the UK and the EU to %(area)s: who imports them decides."), area=_name(sale.to_area)
    )


def _export(sale: Sale) -> _Treatment:
    if not _of_vat(sale.from_area):
        return _outside_import(sale)
    text = N_("The goods leave %(origin)s for %(area)s: an export, without VAT as long as its proof is kept.")
    return _Treatment(Scheme.EXPORT, Reason(text, {"origin": _name(sale.from_area), "area": _name(sale.to_area)}))


def _value(sale: Sale, currency: str, area: str) -> Decimal | None:
    """Of the consignment without VAT and transport; None where it cannot be known."""
    if sale.currency != currency:
        return None
    value = Decimal(0)
    for line in sale.lines:
        rate = _rate(sale.day, area, line.rates)
        if line.goods is None or rate is None:
            return None
        value += line.goods * 100 / (100 + rate)
    return value


def _registered(held: Sequence[Registration], country: str) -> Registration | None:
    """In Northern Ireland with the number of the United Kingdom."""
    wanted = "GB" if country in ("XI", "IM") else country
    own = [one for one in held if one.kind is RegistrationKind.VAT and one.country == wanted]
    return next((one for one in own if one.established), own[0] if own else None)


def _has(held: Sequence[Registration], kind: RegistrationKind) -> bool:
    return any(one.kind is kind for one in held)


def _not_registered(country: str) -> _Treatment:
    return _unknown(N_("No VAT registration of %(area)s is set under Settings, VAT."), area=_name(country))


def _name(area: str) -> str:
    plain = area.rstrip("?")
    return NAMES.get(plain, plain)
