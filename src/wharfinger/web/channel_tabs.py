"""The tabs of one channel's pages."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext

from wharfinger.domain.sentences import N_

_TABS = (
    ("setup", N_("Setup"), "channel"),
    ("products", N_("Products"), "channel-products"),
    ("stock", N_("Stock"), "channel-stock"),
    ("orders", N_("Imported Orders"), "channel-orders"),
    ("couriers", N_("Courier mapping"), "channel-couriers"),
    ("shipping", N_("Shipping notifications"), "channel-shipping"),
    ("feedback", N_("Feedback"), "channel-feedback"),
    ("activity", N_("Activity"), "channel-activity"),
)


@dataclass(frozen=True, slots=True)
class Tab:
    title: str
    url: str
    current: bool


def channel_tabs(channel_id: int, current: str) -> list[Tab]:
    return [Tab(gettext(title), reverse(name, args=[channel_id]), key == current) for key, title, name in _TABS]
