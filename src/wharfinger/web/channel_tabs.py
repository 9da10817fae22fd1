"""The tabs of one channel's pages."""

from dataclasses import dataclass

from django.urls import reverse

_TABS = (
    ("setup", "Setup", "channel"),
    ("products", "Products", "channel-products"),
    ("stock", "Stock", "channel-stock"),
    ("orders", "Imported Orders", "channel-orders"),
    ("couriers", "Courier mapping", "channel-couriers"),
    ("shipping", "Shipping notifications", "channel-shipping"),
    ("feedback", "Feedback", "channel-feedback"),
    ("activity", "Activity", "channel-activity"),
)


@dataclass(frozen=True, slots=True)
class Tab:
    title: str
    url: str
    current: bool


def channel_tabs(channel_id: int, current: str) -> list[Tab]:
    return [Tab(title, reverse(name, args=[channel_id]), key == current) for key, title, name in _TABS]
