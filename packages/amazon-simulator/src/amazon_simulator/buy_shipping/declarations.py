"""What Shipping v2 wants to know beside a purchase when a parcel crosses a customs border: a JSON Schema, flat as in
the model's example."""

import re
from typing import Any

FIELDS: dict[str, dict[str, Any]] = {
    "harmonizedSystemCode": {
        "type": "string",
        "title": "Commodity code of the goods",
        "pattern": "^[0-9]{6,10}$",
        "description": "Six to ten digits of the Harmonized System",
    },
    "countryOfOrigin": {
        "type": "string",
        "title": "Country where the goods were made",
        "pattern": "^[A-Z]{2}$",
        "description": "Two letters of ISO 3166",
    },
    "contentDescription": {
        "type": "string",
        "title": "What the parcel holds",
        "minLength": 3,
        "maxLength": 50,
    },
    "nonDeliveryInstruction": {
        "type": "string",
        "title": "What happens when it cannot be delivered",
        "enum": ["RETURN", "ABANDON"],
    },
}
OPTIONAL: dict[str, dict[str, Any]] = {
    "exporterReference": {"type": "string", "title": "Your reference for customs", "maxLength": 35},
}


def schema() -> dict[str, Any]:
    return {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "title": "Additional inputs for the shipping offering",
        "type": "object",
        "properties": {**FIELDS, **OPTIONAL},
        "required": sorted(FIELDS),
    }


def fault_of(inputs: Any) -> str:
    """The first thing that does not fit the schema; "" where all does."""
    if not isinstance(inputs, dict):
        return "AdditionalInputs are required for the rate"
    for name, rule in {**FIELDS, **OPTIONAL}.items():
        value = inputs.get(name)
        if value is None and name in OPTIONAL:
            continue
        if not isinstance(value, str) or not _fits(value, rule):
            return f"AdditionalInputs.{name} does not fit its schema"
    return next((f"AdditionalInputs.{name} is not known" for name in inputs if name not in FIELDS | OPTIONAL), "")


def _fits(value: str, rule: dict[str, Any]) -> bool:
    return (
        rule.get("minLength", 0) <= len(value) <= rule.get("maxLength", 1_000)
        and ("enum" not in rule or value in rule["enum"])
        and re.fullmatch(rule.get("pattern", ".*"), value) is not None
    )
