"""The lines of a courier group: which service, when the order fits. The first that fits counts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from wharfinger.db.models import Channel, CourierGroup, CourierGroupRule, CourierService, User
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.domain.shipping.couriers import level_fault
from wharfinger.domain.shipping.shipments import Tracking
from wharfinger.operations.installation._history_steps import record_audit
from wharfinger.operations.refusals import Refused
from wharfinger.operations.transaction import operation

GRAMS_AT_MOST = 1_000_000
LINES_AT_MOST = 200
_COUNTRY = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """What a person entered. None or empty = any."""

    service_id: int | None
    channel_id: int | None = None
    service_level: str = ""
    country: str = ""
    grams_at_most: int | None = None


@operation
def add_rule(group_id: int, entry: RuleEntry, *, now: datetime, user: User) -> CourierGroupRule:
    """A new line, the last of its group."""
    group, rules = _locked(group_id)
    if len(rules) >= LINES_AT_MOST:
        raise Refused(
            "%(group)s has %(at_most)s lines, the most it can have. Remove one first.",
            group=group.name,
            at_most=LINES_AT_MOST,
        )
    checked = _checked(entry)
    row = CourierGroupRule(group=group, position=max((rule.position for rule in rules), default=0) + 1)
    _write(row, checked)
    _tell(group, "add line", None, _facts(row), now, user)
    return row


@operation
def edit_rule(group_id: int, rule_id: int, entry: RuleEntry, *, now: datetime, user: User) -> None:
    group, rules = _locked(group_id)
    row = _line(rules, rule_id)
    before = _facts(row)
    _write(row, _checked(entry))
    _tell(group, "edit line", before, _facts(row), now, user)


@operation
def move_rule(group_id: int, rule_id: int, *, up: bool, now: datetime, user: User) -> None:
    """One place up or down; the first and the last stay where they are."""
    group, rules = _locked(group_id)
    row = _line(rules, rule_id)
    place = rules.index(row)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(rules):
        return
    moved = list(rules)
    moved[place], moved[other] = moved[other], moved[place]
    _number(moved)
    _tell(group, "move line", {"line": str(place + 1)}, {"line": str(other + 1), **_facts(row)}, now, user)


@operation
def remove_rule(group_id: int, rule_id: int, *, now: datetime, user: User) -> None:
    group, rules = _locked(group_id)
    row = _line(rules, rule_id)
    _tell(group, "remove line", _facts(row), None, now, user)
    row.delete()


def _locked(group_id: int) -> tuple[CourierGroup, list[CourierGroupRule]]:
    group = CourierGroup.objects.select_for_update().filter(pk=group_id).first()
    if group is None:
        raise Refused("This courier group no longer exists. Open the list again.")
    rules = CourierGroupRule.objects.filter(group=group).select_related("service", "channel")
    return group, list(rules.order_by("position"))


def _line(rules: Sequence[CourierGroupRule], rule_id: int) -> CourierGroupRule:
    found = next((rule for rule in rules if rule.pk == rule_id), None)
    if found is None:
        raise Refused("This line no longer exists. Open the courier group again.")
    return found


def _number(rules: Sequence[CourierGroupRule]) -> None:
    """Give the lines their order. Two steps: a place is held by one line at every moment."""
    beyond = max(rule.position for rule in rules) + 1
    for shift in (beyond, 1):
        for place, rule in enumerate(rules):
            rule.position = shift + place
            rule.save(update_fields=["position"])


def _checked(entry: RuleEntry) -> RuleEntry:
    checked = replace(entry, service_level=" ".join(entry.service_level.split()), country=entry.country.strip().upper())
    offered = CourierService.objects.filter(active=True).exclude(tracking=Tracking.LATER)
    if not offered.filter(pk=entry.service_id or 0).exists():
        raise Refused("Choose a courier service that is in use.", "service_id")
    if entry.channel_id is not None:
        channels = Channel.objects.filter(pk=entry.channel_id, kind=Fulfilment.FBM, archived=False)
        if not channels.exists():
            raise Refused("Choose an FBM channel that is not archived, or any.", "channel_id")
    fault = level_fault(checked.service_level)
    if fault:
        raise Refused(fault, "service_level")
    if checked.country == "UK":
        raise Refused("Amazon uses GB for the United Kingdom. Give GB.", "country")
    if checked.country and not _COUNTRY.fullmatch(checked.country):
        raise Refused("A country has two letters, such as GB, DE or US. Leave it empty for any.", "country")
    if checked.grams_at_most is not None and not 1 <= checked.grams_at_most <= GRAMS_AT_MOST:
        raise Refused(
            "Give grams from 1 to %(at_most)s, or leave it empty for any weight.",
            "grams_at_most",
            at_most=f"{GRAMS_AT_MOST:,d}",
        )
    return checked


def _write(row: CourierGroupRule, entry: RuleEntry) -> None:
    row.service = CourierService.objects.get(pk=entry.service_id or 0)
    row.channel = Channel.objects.get(pk=entry.channel_id) if entry.channel_id is not None else None
    row.service_level, row.country = entry.service_level, entry.country
    row.grams_at_most = entry.grams_at_most
    row.save()


def _tell(
    group: CourierGroup,
    verb: str,
    before: dict[str, str] | None,
    after: dict[str, str] | None,
    now: datetime,
    user: User,
) -> None:
    record_audit(verb, "CourierGroup", group.pk, before=before, after=after, now=now, user=user)


def _facts(row: CourierGroupRule) -> dict[str, str]:
    return {
        "service": str(row.service),
        "channel": str(row.channel) if row.channel else "any",
        "service level": row.service_level or "any",
        "country": row.country or "any",
        "grams at most": "any" if row.grams_at_most is None else str(row.grams_at_most),
    }
