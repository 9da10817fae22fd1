"""A channel's courier mapping, both ways: Amazon's service levels in, our services out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from wharfinger.db.models import Channel, CourierGroup, CourierLevelMapping, CourierMapping, CourierService, User
from wharfinger.domain.channels.options import PRIORITY_FIRST, PRIORITY_LAST
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.domain.sentences import Sentence
from wharfinger.domain.shipping.carriers import carrier_fault
from wharfinger.domain.shipping.couriers import level_fault
from wharfinger.operations.installation._history_steps import record_activity, record_audit
from wharfinger.operations.refusals import Refused
from wharfinger.operations.transaction import operation

TEXT_AT_MOST = 60


@dataclass(frozen=True, slots=True)
class LevelEntry:
    """Amazon's service level in → our group, with the invoice priority that it stamps (None = the options' own).

    `group_id` None = not mapped: the channel's options hold for the level.
    """

    service_level: str
    group_id: int | None
    invoice_priority: int | None = None


@dataclass(frozen=True, slots=True)
class CarrierEntry:
    """Our service out → what is sent to Amazon for it. An empty code removes the mapping: the service's own holds."""

    service_id: int
    carrier_code: str
    carrier_name: str = ""
    shipping_method: str = ""
    seen_at_amazon: bool = False


@operation
def save_mapping(
    channel_id: int,
    levels: Sequence[LevelEntry],
    carriers: Sequence[CarrierEntry],
    *,
    version: int,
    now: datetime,
    user: User,
) -> None:
    """Write the whole mapping, both ways or nothing; refused when the channel was saved since `version` was read.

    The field of a refusal: `level.0.group_id` or `carrier.0.carrier_code`, by the place in what was given.
    """
    channel = Channel.objects.select_for_update(of=("self",)).get(pk=channel_id)
    if channel.kind != Fulfilment.FBM:
        raise Refused("Amazon dispatches FBA orders with its own couriers: there is nothing to map.")
    if channel.version != version:
        raise Refused(
            "Somebody else saved this channel while you were editing. Your changes were not saved: "
            "open the page again, see what changed, and enter them once more."
        )
    before = _facts(channel)
    _write_levels(channel, levels)
    _write_carriers(channel, carriers)
    channel.version += 1
    channel.save(update_fields=["version"])
    record_audit("map couriers", "Channel", channel.pk, before=before, after=_facts(channel), now=now, user=user)
    record_activity(f"{channel.name}: courier mapping saved.", channel=channel, now=now, user=user)


def _write_levels(channel: Channel, levels: Sequence[LevelEntry]) -> None:
    held = {row.service_level.casefold(): row for row in CourierLevelMapping.objects.filter(channel=channel)}
    seen: set[str] = set()
    for place, entry in enumerate(levels):
        level = _level(entry, place)
        if not level:
            continue
        key = level.casefold()
        if key in seen:
            raise Refused(
                "The service level %(level)s is there twice. Remove one of the two.",
                _at("level", place, "level"),
                level=level,
            )
        seen.add(key)
        if entry.group_id is None:
            continue
        row = held.pop(key, None) or CourierLevelMapping(channel=channel)
        row.group = _group(entry.group_id, row, place)
        row.service_level, row.invoice_priority = level, _priority(entry, place)
        row.save()
    CourierLevelMapping.objects.filter(pk__in=[row.pk for row in held.values()]).delete()


def _level(entry: LevelEntry, place: int) -> str:
    level = " ".join(entry.service_level.split())
    fault = level_fault(level)
    if fault:
        raise Refused(fault, _at("level", place, "level"))
    if not level and entry.group_id is not None:
        raise Refused("Give Amazon's service level, such as NEXT_DAY.", _at("level", place, "level"))
    if level and entry.group_id is None and entry.invoice_priority is not None:
        raise Refused(
            "Choose the courier group too: a level without one is not mapped.", _at("level", place, "group_id")
        )
    return level


def _group(group_id: int, row: CourierLevelMapping, place: int) -> CourierGroup:
    group = CourierGroup.objects.filter(pk=group_id).first()
    if group is None:
        raise Refused("This courier group no longer exists. Choose another.", _at("level", place, "group_id"))
    if group.archived and (row.pk is None or row.group_id != group_id):
        raise Refused(
            "The courier group “%(group)s” is archived. Restore it under Settings, or choose another.",
            _at("level", place, "group_id"),
            group=group.name,
        )
    return group


def _priority(entry: LevelEntry, place: int) -> int | None:
    priority = entry.invoice_priority
    if priority is not None and not PRIORITY_FIRST <= priority <= PRIORITY_LAST:
        raise Refused(
            "Invoice priority is a number from %(first)s (first) to %(last)s (last).",
            _at("level", place, "invoice_priority"),
            first=PRIORITY_FIRST,
            last=PRIORITY_LAST,
        )
    return priority


def _write_carriers(channel: Channel, carriers: Sequence[CarrierEntry]) -> None:
    services = CourierService.objects.in_bulk([entry.service_id for entry in carriers])
    held = {row.service_id: row for row in CourierMapping.objects.filter(channel=channel)}
    for place, entry in enumerate(carriers):
        service = services.get(entry.service_id)
        if service is None:
            raise Refused("This courier service no longer exists. Open the page again.")
        checked = _carrier(entry, place)
        row = held.get(service.pk)
        if not checked.carrier_code:
            _take_away(channel, row)
            continue
        row = row or CourierMapping(channel=channel, service=service)
        row.carrier_code, row.carrier_name = checked.carrier_code, checked.carrier_name
        row.shipping_method = checked.shipping_method
        row.save()


def _take_away(channel: Channel, row: CourierMapping | None) -> None:
    if row is None:
        return
    if channel.options.filter(courier_service=row.service_id).exists():
        raise Refused(
            "%(service)s is this channel's courier service: its carrier code cannot be empty.", service=row.service
        )
    row.delete()


def _carrier(entry: CarrierEntry, place: int) -> CarrierEntry:
    names = ("carrier_code", "carrier_name", "shipping_method")
    cleaned = {name: _text(getattr(entry, name), name, place) for name in names}
    checked = replace(
        entry,
        carrier_code=cleaned["carrier_code"],
        carrier_name=cleaned["carrier_name"],
        shipping_method=cleaned["shipping_method"],
    )
    if not checked.carrier_code and (checked.carrier_name or checked.shipping_method):
        raise Refused("Give Amazon's carrier code too, such as Royal Mail.", _at("carrier", place, "carrier_code"))
    if checked.carrier_code:
        fault = carrier_fault(checked.carrier_code, checked.carrier_name, seen_at_amazon=entry.seen_at_amazon)
        if fault is not None:
            raise Refused(fault[1], _at("carrier", place, fault[0]))
    return checked


def _text(text: str, name: str, place: int) -> str:
    cleaned, words = " ".join(text.split()), Sentence(name.replace("_", " "))
    if len(cleaned) > TEXT_AT_MOST:
        raise Refused(
            "The %(words)s has %(count)s characters; at most %(at_most)s fit. Shorten it.",
            _at("carrier", place, name),
            words=words,
            count=len(cleaned),
            at_most=TEXT_AT_MOST,
        )
    if not cleaned.isprintable() or "<" in cleaned or ">" in cleaned:
        raise Refused(
            "The %(words)s contains a control character, < or >. Amazon would refuse it: remove it.",
            _at("carrier", place, name),
            words=words,
        )
    return cleaned


def _at(part: str, place: int, field: str) -> str:
    return f"{part}.{place}.{field}"


def _facts(channel: Channel) -> dict[str, str]:
    facts = {}
    for level in CourierLevelMapping.objects.filter(channel=channel).select_related("group").order_by("service_level"):
        priority = "" if level.invoice_priority is None else f", invoice priority {level.invoice_priority}"
        facts[f"in: {level.service_level}"] = f"{level.group}{priority}"
    for row in CourierMapping.objects.filter(channel=channel).select_related("service").order_by("pk"):
        parts = (row.carrier_code, row.carrier_name, row.shipping_method)
        facts[f"out: {row.service}"] = ", ".join(part for part in parts if part)
    return facts
