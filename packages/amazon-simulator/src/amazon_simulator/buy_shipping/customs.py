"""What a seller must send as well when a parcel crosses a customs border."""

from typing import Any

CHOICES = ("RETURN", "ABANDON")
OF_SHIPMENT = ("NON_DELIVERY_INSTRUCTION",)
OF_ITEM = ("COUNTRY_OF_ORIGIN", "HARMONIZED_TARIFF_CODE")
FIELDS: dict[str, tuple[str, str, str, tuple[str, ...]]] = {
    "NON_DELIVERY_INSTRUCTION": (
        "What happens when it cannot be delivered",
        "RETURN|ABANDON",
        "RETURN or ABANDON",
        CHOICES,
    ),
    "COUNTRY_OF_ORIGIN": ("Country where the item was made", "^[A-Z]{2}$", "Two letters of ISO 3166", ()),
    "HARMONIZED_TARIFF_CODE": ("Tariff code of the item", "^[0-9]{6,10}$", "Six to ten digits", ()),
}
"""Name → what it is called, the form of its value as an expression and as text, the values to choose from."""


def definitions(names: tuple[str, ...], target: str) -> list[dict[str, Any]]:
    """As getAdditionalSellerInputs returns them; `target`: SHIPMENT_LEVEL or ITEM_LEVEL."""
    return [{"AdditionalInputFieldName": name, "SellerInputDefinition": _definition(name, target)} for name in names]


def _definition(name: str, target: str) -> dict[str, Any]:
    title, form, explanation, choices = FIELDS[name]
    definition: dict[str, Any] = {
        "IsRequired": True,
        "DataType": "String",
        "Constraints": [{"ValidationRegEx": form, "ValidationString": explanation}],
        "InputDisplayText": title,
        "InputTarget": target,
        "StoredValue": {"DataType": "String", "ValueAsString": ""},
    }
    return {**definition, "RestrictedSetValues": list(choices)} if choices else definition
