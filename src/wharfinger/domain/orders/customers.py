"""Codes of generic customers: one record for all buyers of a channel and a month."""

from collections.abc import Container
from datetime import date

CODE_AT_MOST = 10


def month_of(day: date) -> str:
    """mmyy of a day of the marketplace."""
    return f"{day:%m%y}"


def generic_code(channel: str, month: str, taken: Container[str]) -> str:
    """ChannelName-mmyy, at most ten characters, so the name is cut: `Amazo-0317`.

    Channels whose names begin alike would share it: from the second on a number takes the place of the name's end.
    """
    name = "".join(character for character in channel if character.isalnum()) or "Channel"
    room = CODE_AT_MOST - len(month) - 1
    number = 1
    while True:
        mark = "" if number == 1 else str(number)
        code = f"{name[: room - len(mark)]}{mark}-{month}"
        if code not in taken:
            return code
        number += 1
