"""Carriers' services: where they go, how much they carry, what they cost, how their tracking numbers look."""

import random
import string
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
EU = frozenset({"DE", "FR", "IT", "ES", "NL", "SE", "PL", "BE", "IE", "AT"})
ONE_CUSTOMS_AREA = (EU, frozenset({"GB"}), frozenset({"US"}), frozenset({"CA"}), frozenset({"MX"}))
PLAIN, SIGNED, ADULT, UNTRACKED = (
    "DeliveryConfirmationWithoutSignature",
    "DeliveryConfirmationWithSignature",
    "DeliveryConfirmationWithAdultSignature",
    "NoTracking",
)
PENCE_FOR = {SIGNED: 150, ADULT: 350}
"""What a signature costs, in pence."""
PENCE_FOR_PICK_UP = 200


@dataclass(frozen=True, slots=True)
class Service:
    """`pence` for the first kilogram, `pence_more` for each further one; `grams` at most; `days` on the way.

    `tracking`: # is a digit, @ a letter. `label`: the format that the carrier prefers.
    """

    id: str
    name: str
    carrier: str
    leaves: frozenset[str]
    pence: int
    pence_more: int
    grams: int
    days: tuple[int, int]
    tracking: str
    experiences: tuple[str, ...] = (PLAIN, SIGNED)
    abroad: bool = False
    picks_up: bool = False
    label: str = "PDF"

    def goes(self, ship_from: str, ship_to: str) -> bool:
        return ship_from in self.leaves and (ship_from != ship_to) == self.abroad

    def price(self, grams: float, experience: str, picks_up: bool, factor: int) -> Decimal:
        """In the marketplace's currency; `factor` is hundredths of what a pound becomes there."""
        kilograms = max(1, int(-(-grams // 1000)))
        pence = self.pence + (kilograms - 1) * self.pence_more
        pence += PENCE_FOR.get(experience, 0) + PENCE_FOR_PICK_UP * picks_up
        return (Decimal(pence) * factor / 10_000).quantize(CENT, ROUND_HALF_UP)

    def tracking_number(self, seed: str) -> str:
        chance = random.Random(f"tracking:{seed}")
        drawn = {"#": string.digits, "@": string.ascii_uppercase}
        return "".join(chance.choice(drawn[sign]) if sign in drawn else sign for sign in self.tracking)


def _in(*countries: str) -> frozenset[str]:
    return frozenset(countries)


SERVICES = (
    Service("ROYAL_MAIL_TRACKED_24", "Royal Mail Tracked 24®", "Royal Mail", _in("GB"), 340, 110, 20_000, (1, 2),
            "@@#########GB", picks_up=True),
    Service("ROYAL_MAIL_TRACKED_48", "Royal Mail Tracked 48®", "Royal Mail", _in("GB"), 270, 90, 20_000, (2, 3),
            "@@#########GB", (PLAIN, SIGNED, UNTRACKED), picks_up=True),
    Service("DPD_UK_NEXT_DAY", "DPD Next Day", "DPD", _in("GB"), 520, 60, 30_000, (1, 1), "1550#########@",
            (SIGNED, ADULT), picks_up=True),
    Service("EVRI_STANDARD", "Evri Standard", "Evri", _in("GB"), 260, 70, 15_000, (2, 4), "H00##############",
            label="ZPL203"),
    Service("DHL_PAKET", "DHL Paket", "DHL", _in("DE", "AT"), 390, 80, 31_500, (1, 3), "00340434#############"),
    Service("DPD_CLASSIC", "DPD CLASSIC", "DPD", _in("DE", "FR", "NL", "BE", "PL"), 430, 70, 31_500, (1, 3),
            "01##############"),
    Service("COLISSIMO", "Colissimo Domicile", "La Poste", _in("FR"), 480, 110, 30_000, (2, 3), "6A###########"),
    Service("POSTE_ITALIANE", "Poste Delivery Standard", "Poste Italiane", _in("IT"), 460, 100, 30_000, (2, 4),
            "1UW#########@"),
    Service("CORREOS_PAQ_48", "Correos Paq 48", "Correos", _in("ES"), 440, 100, 30_000, (2, 3),
            "PK@@@####################@"),
    Service("POSTNL_PAKKET", "PostNL Pakket", "PostNL", _in("NL"), 450, 90, 23_000, (1, 2), "3S@@@@#########"),
    Service("POSTNORD_MYPACK", "PostNord MyPack", "PostNord", _in("SE"), 490, 90, 20_000, (1, 3), "##########SE"),
    Service("USPS_GROUND_ADVANTAGE", "USPS Ground Advantage®", "USPS", _in("US"), 420, 90, 31_700, (2, 5),
            "9400################", label="PNG"),
    Service("USPS_PRIORITY", "USPS Priority Mail®", "USPS", _in("US"), 690, 160, 31_700, (1, 3),
            "9405################", (PLAIN, SIGNED, ADULT), label="PNG"),
    Service("UPS_PTP_GND", "UPS® Ground", "UPS", _in("US", "CA"), 740, 90, 68_000, (1, 5), "1Z##############",
            (PLAIN, SIGNED, ADULT), label="PNG"),
    Service("UPS_PTP_2ND_DAY_AIR", "UPS 2nd Day Air®", "UPS", _in("US"), 1490, 240, 68_000, (2, 2),
            "1Z##############", (PLAIN, SIGNED, ADULT), label="PNG"),
    Service("CANADA_POST_EXPEDITED", "Canada Post Expedited Parcel", "Canada Post", _in("CA"), 720, 120, 30_000,
            (2, 6), "################", label="PNG"),
    Service("ESTAFETA_TERRESTRE", "Estafeta Terrestre", "Estafeta", _in("MX"), 310, 60, 30_000, (2, 5),
            "######################"),
    Service("DHL_EXPRESS_WORLDWIDE", "DHL Express Worldwide", "DHL Express", frozenset().union(*ONE_CUSTOMS_AREA),
            2290, 410, 70_000, (1, 4), "##########", (SIGNED,), abroad=True),
    Service("UPS_STANDARD_INTERNATIONAL", "UPS® Standard International", "UPS", frozenset().union(*ONE_CUSTOMS_AREA),
            1480, 190, 68_000, (3, 7), "1Z##############", (PLAIN, SIGNED), abroad=True, label="PNG"),
)  # fmt: skip
BY_ID = {service.id: service for service in SERVICES}


def crosses_customs(ship_from: str, ship_to: str) -> bool:
    """Whether customs must know what is in the parcel."""
    return ship_from != ship_to and not any({ship_from, ship_to} <= area for area in ONE_CUSTOMS_AREA)
