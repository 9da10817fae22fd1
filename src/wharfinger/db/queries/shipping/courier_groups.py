"""A courier group's lines as its page shows them."""

from dataclasses import dataclass
from typing import Any

from wharfinger.db.models import Channel, CourierGroup, CourierGroupRule
from wharfinger.db.queries.courier_choice import group_rule, services_offered
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.domain.shipping.couriers import GroupRule, is_hidden_by


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A line. `hidden_by` = the number of an earlier line that takes every order that this one would; 0 = none."""

    id: int
    rule: GroupRule
    service: str
    in_use: bool
    channel: str
    hidden_by: int

    def initial(self) -> dict[str, Any]:
        """The values of its form."""
        return {
            "service_id": self.rule.service,
            "channel_id": self.rule.channel,
            "service_level": self.rule.service_level,
            "country": self.rule.country,
            "grams_at_most": self.rule.grams_at_most,
        }


@dataclass(frozen=True, slots=True)
class GroupPage:
    id: int
    name: str
    archived: bool
    rules: tuple[RuleRow, ...]


def group_page(group_id: int) -> GroupPage | None:
    group = CourierGroup.objects.filter(pk=group_id).first()
    if group is None:
        return None
    rows = list(CourierGroupRule.objects.filter(group=group_id).select_related("service", "channel"))
    rules = [group_rule(row) for row in rows]
    return GroupPage(
        group.pk,
        group.name,
        group.archived,
        tuple(
            RuleRow(
                row.pk,
                rules[place],
                str(row.service),
                row.service.active,
                str(row.channel) if row.channel else "",
                _hider(rows, rules, place),
            )
            for place, row in enumerate(rows)
        ),
    )


def _hider(rows: list[CourierGroupRule], rules: list[GroupRule], place: int) -> int:
    earlier = (n for n in range(place) if rows[n].service.active and is_hidden_by(rules[place], rules[n]))
    return next(earlier, -1) + 1


def service_choices() -> list[tuple[int, str]]:
    rows = services_offered().order_by("courier", "name")
    return [(row.pk, str(row)) for row in rows]


def fbm_channel_choices() -> list[tuple[int, str]]:
    rows = Channel.objects.filter(kind=Fulfilment.FBM, archived=False).order_by("name")
    return list(rows.values_list("pk", "name"))
