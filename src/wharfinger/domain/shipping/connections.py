"""Connections to couriers that sell labels: what kinds there are, and what each can do. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from wharfinger.domain.labels import Labelled


class ConnectionKind(Labelled):
    CLICK_AND_DROP = "click_and_drop", "Royal Mail Click & Drop"
    AMAZON = "amazon", "Amazon Buy Shipping"


class LabelFormat(Labelled):
    """The file of a label. ZPL is for label printers alone: a browser cannot print it."""

    PNG = "png", "PNG"
    PDF = "pdf", "PDF"
    ZPL = "zpl", "ZPL"


class PackageFormat(Labelled):
    LETTER = "letter", "Letter"
    LARGE_LETTER = "large_letter", "Large letter"
    SMALL_PARCEL = "small_parcel", "Small parcel"
    MEDIUM_PARCEL = "medium_parcel", "Medium parcel"
    LARGE_PARCEL = "large_parcel", "Large parcel"
    PARCEL = "parcel", "Parcel"
    DOCUMENTS = "documents", "Documents"


class CheckKind(Labelled):
    CONNECTION = "connection", "Connection"
    TEST_ORDERS = "test_orders", "Test orders"


class CheckState(Labelled):
    WANTED = "wanted", "Queued"
    RUNNING = "running", "Under way"
    PASSED = "passed", "Passed"
    FAILED = "failed", "Failed"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a kind of connection can do here, and its limits. `countries`: where it sends from and to, ISO 3166.

    `quotes`: its labels are chosen among offers with prices; else each of its services has a code and no price.
    """

    buys_labels: bool
    voids_labels: bool
    finds_by_reference: bool
    quotes: bool
    manifests: bool
    tracks: bool
    countries: tuple[str, ...]
    label_formats: tuple[LabelFormat, ...]
    service_code_at_most: int
    address_part_at_most: int
    grams_at_most: int


CAPABILITIES: Mapping[ConnectionKind, Capabilities] = {
    ConnectionKind.CLICK_AND_DROP: Capabilities(
        buys_labels=True,
        voids_labels=True,
        finds_by_reference=True,
        quotes=False,
        manifests=False,
        tracks=False,
        countries=("GB",),
        label_formats=(LabelFormat.PDF,),
        service_code_at_most=10,
        address_part_at_most=100,
        grams_at_most=30_000,
    ),
    ConnectionKind.AMAZON: Capabilities(
        buys_labels=True,
        voids_labels=True,
        finds_by_reference=False,
        quotes=True,
        manifests=False,
        tracks=False,
        countries=("GB", "US", "FR", "IT", "ES", "JP", "IN", "AE", "SA", "EG"),
        label_formats=(LabelFormat.PNG, LabelFormat.PDF, LabelFormat.ZPL),
        service_code_at_most=100,
        address_part_at_most=60,
        grams_at_most=70_000,
    ),
}
"""Pages and rules read this; a test compares it with the clients."""
