"""Steps about a channel's (Global) options list; they need an open transaction.

Save Channel stays one transaction: the whole list is checked row by row, then written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from django.db.models import Model

from wharfinger.db.models import (
    BankAccount,
    Channel,
    ChannelOption,
    CompanyClass,
    CourierGroup,
    CourierMapping,
    CourierService,
    OrderNumberPrefix,
    SalesSource,
    Site,
    SiteGroup,
)
from wharfinger.db.queries.option_rows import (
    LIST_OPTIONS,
    row_of,
)
from wharfinger.db.queries.stock.fba_sites import held_elsewhere, shared_site
from wharfinger.domain.channels.options import (
    OPTIONS,
    OptionRow,
    OptionValues,
    cell_of,
    fault_in,
    without_couriers,
)
from wharfinger.domain.currencies import CURRENCIES
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.domain.sentences import N_, Sentence
from wharfinger.domain.shipping.shipments import Tracking
from wharfinger.domain.stock.ledger import SiteKind
from wharfinger.operations.refusals import Refused

_LISTS: Mapping[str, tuple[type[Model], Sentence]] = {
    "sales_source": (SalesSource, N_("sales source")),
    "courier_group": (CourierGroup, N_("courier group")),
    "company_class": (CompanyClass, N_("company class")),
    "bank_account": (BankAccount, N_("bank account")),
    "order_number_prefix": (OrderNumberPrefix, N_("order number prefix")),
}
PRESET = {"company_class": "Amazon", "bank_account": "Amazon", "order_number_prefix": "SO"}


def stored_rows(channel: Channel) -> tuple[OptionRow, ...]:
    """(Global) first, then the override rows."""
    return tuple(row_of(row) for row in ChannelOption.objects.filter(channel=channel).order_by("order_type"))


def preset_values(kind: Fulfilment) -> OptionValues:
    """A new channel's first (Global) values: what Settings has under the names that it began with."""
    names = {**PRESET, "sales_source": f"Amazon {kind}"}
    if kind is Fulfilment.FBM:
        names["courier_group"] = "Standard"
    named: dict[str, Any] = {option: _named(option, name) for option, name in names.items()}
    return OptionValues(**named)


def _named(option: str, name: str) -> int | None:
    model, _ = _LISTS[option]
    row = model._default_manager.filter(name__iexact=name, archived=False).first()
    return None if row is None else int(row.pk)


def rows_like(pattern: Channel, kind: Fulfilment, currency: str) -> tuple[OptionRow, ...] | None:
    """The list of a further channel set up like this one; None where the kind differs, and presets hold.

    An FBA site is of one pool, and a currency of one marketplace: neither is taken along to where it may be another.
    """
    if pattern.kind != kind:
        return None
    rows = stored_rows(pattern)
    if kind is Fulfilment.FBA:
        rows = tuple(replace(row, values=replace(row.values, site=None)) for row in rows)
    if currency != pattern.marketplace.currency:
        rows = tuple(replace(row, values=replace(row.values, currency=None)) for row in rows)
    return rows


def write_options(channel: Channel, rows: Sequence[OptionRow]) -> None:
    """Write the whole list as it is given; rows that are not in it go. Refused names the row and the cell.

    The field of a refusal is the option's name, with the order type before it in an override row: `Prime.site`.
    """
    kept = {row.order_type if row.order_type else "": row for row in rows}
    if "" not in kept or len(kept) != len(rows):
        raise ValueError("an options list has one (Global) row, and one row for an order type")
    before: dict[str, ChannelOption] = {
        row.order_type: row for row in ChannelOption.objects.select_for_update().filter(channel=channel)
    }
    for name in sorted(kept):
        _write_row(channel, name, kept[name], before.get(name))
    gone = [name for name in before if name not in kept]
    ChannelOption.objects.filter(channel=channel, order_type__in=gone).delete()


def _write_row(channel: Channel, name: str, row: OptionRow, before: ChannelOption | None) -> None:
    kind = channel.kind
    values = row.values if kind is Fulfilment.FBM else without_couriers(row.values)
    row = replace(row, values=values)
    fault = fault_in(row, kind)
    if fault is not None:
        raise _refused(row, fault.option, fault.reason)
    site, service = _site(channel, row), _service(channel, row)
    values = replace(values, currency=_currency(row))
    for option in _LISTS:
        _check_listed(row, option, before)
    ChannelOption.objects.update_or_create(
        channel=channel,
        order_type=name,
        defaults={
            **_columns(values),
            "late_courier_acknowledged": row.late_courier_acknowledged and service is not None,
        },
    )
    if site is not None and site.kind == SiteKind.FBA and site.account_id is None:
        Site.objects.filter(pk=site.pk).update(account=channel.account)
    if service is not None:
        map_by_default(channel, service)


def _columns(values: OptionValues) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for option in OPTIONS:
        value = getattr(values, option)
        if option in LIST_OPTIONS:
            columns[f"{option}_id"] = value
        elif option in ("currency", "customer_policy"):
            columns[option] = value or ""
        else:
            columns[option] = value
    return columns


def map_by_default(channel: Channel, service: CourierService) -> None:
    """A service that a channel uses has a mapping; the service's own words until somebody maps it otherwise."""
    CourierMapping.objects.get_or_create(
        channel=channel,
        service=service,
        defaults={"carrier_code": service.amazon_carrier_code, "carrier_name": service.amazon_carrier_name},
    )


def _refused(row: OptionRow, option: str, sentence: str, /, **values: object) -> Refused:
    reason = Refused(sentence, cell_of(row.order_type or "", option), **values)
    if row.order_type is None:
        return reason
    return Refused("Row %(row)s: %(reason)s", reason.field, row=row.title, reason=reason)


def _site(channel: Channel, row: OptionRow) -> Site | None:
    if row.values.site_group is not None:
        if not SiteGroup.objects.filter(pk=row.values.site_group).exists():
            raise _refused(row, "site", "This site group no longer exists. Choose another.")
        return None
    if row.values.site is None:
        if row.order_type is None:
            raise _refused(row, "site", "Choose the Site that this channel's orders are fulfilled from.")
        return None
    site = Site.objects.select_related("account").filter(pk=row.values.site).first()
    if site is None:
        raise _refused(row, "site", "This site no longer exists. Choose another.")
    fault = _site_fault(channel, row, site) or _pool_fault(channel, row, site)
    if fault is not None:
        raise fault
    return site


def _site_fault(channel: Channel, row: OptionRow, site: Site) -> Refused | None:
    """Why the channel cannot fulfil from this site; None = it can."""
    refused = partial(_refused, row, "site", site=site.name)
    fba = channel.kind == Fulfilment.FBA
    if fba and site.kind != SiteKind.FBA:
        return refused(N_("%(site)s is not an FBA site. An FBA channel needs a site of kind FBA."))
    if fba and site.pool != channel.marketplace.pool:
        return refused(
            N_(
                "%(site)s is the FBA site of the pool %(pool)s; %(marketplace)s is served from the pool %(own)s. "
                "Choose that pool's site, or create it."
            ),
            pool=site.pool_title,
            marketplace=channel.marketplace.name,
            own=channel.marketplace.pool.title,
        )
    if fba and site.account is not None and site.account_id != channel.account_id:
        if channel.account.seller_id or not site.account.seller_id:
            return refused(N_("%(site)s mirrors the FBA stock of another seller account. Create one for this seller."))
        return refused(
            N_(
                "%(site)s mirrors the FBA stock of another seller account: %(account)s, %(seller)s. If this channel is "
                "the same seller's, give that Seller ID under Channel Specific; if not, create a site for this one."
            ),
            account=site.account.name,
            seller=site.account.seller_id,
        )
    if not fba and site.kind == SiteKind.FBA:
        return refused(N_("%(site)s holds stock at Amazon; an FBM channel needs a site of your own."))
    if site.for_transfers:
        return refused(
            N_("%(site)s holds what is on its way between two sites; an FBM channel needs a site of your own.")
        )
    return None


def _pool_fault(channel: Channel, row: OptionRow, site: Site) -> Refused | None:
    """Amazon keeps one stock for a seller and pool: two sites for it would count everything twice."""
    if channel.kind != Fulfilment.FBA:
        return None
    market = channel.marketplace
    elsewhere = held_elsewhere(market).get(site.pk)
    if elsewhere:
        return _refused(
            row,
            "site",
            N_(
                "%(site)s holds the stock of %(elsewhere)s; %(marketplace)s is served from another. Create a site "
                "for it."
            ),
            site=site.name,
            elsewhere=elsewhere,
            marketplace=market.name,
        )
    shared = shared_site(channel.account_id, market, but=channel.pk)
    if shared is None and row.order_type is not None:  # then the channel's own first row says which
        shared = Site.objects.filter(channel_options__channel=channel, channel_options__order_type="").first()
    if shared is None or shared.pk == site.pk:
        return None
    return _refused(
        row,
        "site",
        N_(
            "%(site)s is already this seller's site for the pool %(pool)s: channels of a pool share it. Choose that "
            "one."
        ),
        site=shared.name,
        pool=site.pool_title,
    )


def _service(channel: Channel, row: OptionRow) -> CourierService | None:
    if channel.kind == Fulfilment.FBA:
        return None
    chosen = row.values.courier_service
    if chosen is None and row.order_type is not None:
        return None
    service = CourierService.objects.filter(pk=chosen or 0, active=True).first()
    if service is None:
        raise _refused(
            row,
            "courier_service",
            "Choose a courier service that gives a tracking number at once: Amazon needs it when the parcel is "
            "dispatched.",
        )
    if service.tracking == Tracking.LATER:
        raise _refused(
            row,
            "courier_service",
            N_("%(service)s exchanges files, which is not available yet. Choose another."),
            service=str(service),
        )
    if service.tracking == Tracking.TYPED_LATER and not row.late_courier_acknowledged:
        raise _refused(
            row,
            "late_courier_acknowledged",
            N_(
                "%(service)s gives its tracking number only later. Tick that you accept late confirmations, or choose "
                "another service."
            ),
            service=str(service),
        )
    return service


def _currency(row: OptionRow) -> str | None:
    code = (row.values.currency or "").strip().upper()
    if code and code not in CURRENCIES:
        raise _refused(
            row,
            "currency",
            N_("“%(code)s” is not a currency. Give its three letters, such as GBP, EUR or USD."),
            code=code[:20],
        )
    return code or None


def _check_listed(row: OptionRow, option: str, before: ChannelOption | None) -> None:
    """A value of a small list must exist; an archived one may stay where it is, but is not chosen anew."""
    chosen = getattr(row.values, option)
    if chosen is None:
        return
    model, word = _LISTS[option]
    found = model._default_manager.filter(pk=chosen).values("name", "archived").first()
    if found is None:
        raise _refused(row, option, N_("This %(what)s no longer exists. Choose another."), what=word)
    if found["archived"] and (before is None or getattr(before, f"{option}_id") != chosen):
        raise _refused(
            row,
            option,
            N_("The %(what)s “%(name)s” is archived. Restore it under Settings, or choose another."),
            what=word,
            name=found["name"],
        )


def option_facts(channel: Channel) -> dict[str, str]:
    """The list's cells for the audit, by row and option; empty cells are left out."""
    facts: dict[str, str] = {}
    rows = ChannelOption.objects.filter(channel=channel).select_related(*LIST_OPTIONS).order_by("order_type")
    for row in rows:
        title = row.order_type or "(Global)"
        for option in OPTIONS:
            value = getattr(row, option)
            if value not in (None, ""):
                facts[f"{title}: {option.replace('_', ' ')}"] = str(value)
        if row.late_courier_acknowledged:
            facts[f"{title}: late courier acknowledged"] = "True"
    return facts
