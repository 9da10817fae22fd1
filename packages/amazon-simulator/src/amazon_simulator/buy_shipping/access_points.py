"""Places where buyers fetch parcels, made up from a postcode: the same ones each time."""

import random
from typing import Any

KINDS = (
    "HELIX", "CAMPUS_LOCKER", "OMNI_LOCKER", "ODIN_LOCKER", "DOBBY_LOCKER", "CORE_LOCKER", "3P", "CAMPUS_ROOM",
)  # fmt: skip
STAFFED = ("HELIX", "3P", "CAMPUS_ROOM")
DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
STREETS = ("Market Street", "Station Road", "Church Lane", "Mill Road")
SHOPS = ("Corner Shop", "Station Kiosk", "Library", "Petrol Station")
AT_A_PLACE = 2


def near(kinds: tuple[str, ...], country: str, postcode: str) -> dict[str, list[dict[str, Any]]]:
    """Kind → its places, the nearest first."""
    return {kind: [_point(kind, country, postcode, place) for place in range(AT_A_PLACE)] for kind in kinds}


def _point(kind: str, country: str, postcode: str, place: int) -> dict[str, Any]:
    chance = random.Random(f"access point:{kind}:{country}:{postcode}:{place}")
    staffed = kind in STAFFED
    opens, closes = (8, 20) if staffed else (0, 23)
    hours = {"openingTime": _time(opens), "closingTime": _time(closes), "midDayClosures": []}
    return {
        "accessPointId": f"{chance.getrandbits(64):016x}",
        "name": f"{chance.choice(SHOPS)} {kind.replace('_', ' ').title()}",
        "timezone": "UTC",
        "type": kind,
        "accessibilityAttributes": {
            "distance": f"{1 + place + chance.random():.2f}",
            "driveTime": chance.randrange(2, 20),
        },
        "address": {
            "name": "Access point",
            "addressLine1": f"{chance.randrange(1, 200)} {chance.choice(STREETS)}",
            "city": "Nearby",
            "stateOrRegion": "",
            "postalCode": postcode,
            "countryCode": country,
        },
        "assistanceType": "STAFF_ASSISTED" if staffed else "SELF_ASSISTED",
        "score": f"{chance.random():.3f}",
        "standardOperatingHours": dict.fromkeys(DAYS, hours),
    }


def _time(hour: int) -> dict[str, int]:
    return {"hourOfDay": hour, "minuteOfHour": 0, "secondOfMinute": 0}
