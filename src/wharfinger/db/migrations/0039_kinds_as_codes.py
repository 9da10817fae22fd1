"""A kind is stored as a code that never changes; until now its label was stored.

The ledger and the audit are append-only by trigger, which is off while their texts are rewritten: what they say stays.
"""

import json
from collections.abc import Mapping
from typing import Any

from django.db import migrations, models

from wharfinger.db.encryption import decrypt, encrypt

ACTIVATED_FOR = {"Simulator": "simulator", "Sandbox": "sandbox"}
IMPORT_FBA = {"No FBA import": "no_fba", "Only FBA Import": "only_fba"}
CUSTOMER_POLICIES = {"One customer for each buyer": "each_buyer", "Generic customer of the month": "generic"}
ORDER_TYPES = {
    "Standard": "standard",
    "Expedited": "expedited",
    "Prime": "prime",
    "Business": "business",
    "FBA": "fba",
    "Replacement": "replacement",
}
FIRST_IMPORTS = {"Import": "import", "Record only": "record", "Ignore": "ignore"}
ROLES = {
    "Administrator": "administrator",
    "Manager": "manager",
    "Warehouse": "warehouse",
    "Accounts": "accounts",
    "Viewer": "viewer",
}
TRACKINGS = {
    "At once": "at_once",
    "Typed by hand": "by_hand",
    "Later, typed on the order": "typed_later",
    "Later (file exchange)": "later",
}
SITE_KINDS = {
    "Own warehouse": "own",
    "Shop": "shop",
    "3PL": "third_party",
    "FBA": "fba",
    "In transit": "in_transit",
    "Quarantine": "quarantine",
}
MAIL_SECURITIES = {"STARTTLS": "starttls", "TLS": "tls", "None": "none"}
CODES: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("problem", "kind"): {
        "Unknown SKU": "unknown_sku",
        "FBA site has no stock levels": "fba_site_empty",
        "Oversold": "oversold",
        "Awaiting stock": "awaiting_stock",
        "Message not understood": "not_understood",
        "Totals differ": "totals_differ",
        "Paid orders without a channel": "no_channel",
        "Foreign currency": "foreign_currency",
        "Buyer asks to cancel": "cancel_requested",
        "Cancelled after shipping": "cancelled_after_shipping",
        "No delivery address": "no_address",
        "Delivery address incomplete": "address_incomplete",
        "Delivery address changed": "address_changed",
        "Another time zone": "zone_differs",
        "Confirmation refused": "confirmation_refused",
        "Confirmation late": "confirmation_late",
        "Amazon does not show our parcel": "confirmation_not_shown",
        "Listing refused": "listing_refused",
        "Two rules for one SKU": "listing_conflict",
        "Listing has errors at Amazon": "listing_issue",
        "Listing gone from Amazon": "listing_gone",
        "Amazon shows another quantity": "listing_drift",
        "Authorisation lost": "authorisation_lost",
        "Application refused": "application_refused",
        "Role missing at Amazon": "role_missing",
        "Amazon limits our calls": "throttled",
        "Import or upload failed": "flow_failed",
    },
    ("alert", "kind"): {
        "Authorisation expires": "token_expires",
        "Client secret expires": "secret_expires",
        "Authorisation lost": "authorisation_lost",
        "Application refused": "application_refused",
        "Secret rotation failed": "rotation_failed",
        "Paid orders without a channel": "no_channel",
    },
    ("mailsettings", "security"): MAIL_SECURITIES,
    ("user", "role"): ROLES,
    ("site", "kind"): SITE_KINDS,
    ("movement", "reason"): {
        "Opening level": "opening",
        "Received": "received",
        "Counted": "counted",
        "Adjusted": "adjusted",
        "Sold": "sold",
        "Returned": "returned",
        "Transferred": "transferred",
        "Difference at Amazon": "fba_difference",
    },
    ("courierservice", "tracking"): TRACKINGS,
    ("channel", "import_fba_orders"): IMPORT_FBA,
    ("channel", "activated_for"): ACTIVATED_FOR,
    ("channeloption", "customer_policy"): CUSTOMER_POLICIES,
    ("channeloption", "order_type"): ORDER_TYPES,
    ("salesorder", "order_type"): ORDER_TYPES,
    ("importedorder", "first_import_choice"): FIRST_IMPORTS,
    ("rawmessage", "source"): {"by id": "by_id", "not requested": "not_requested"},
}
AUDITED: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("Channel", "activated for"): ACTIVATED_FOR,
    ("Channel", "customer policy"): CUSTOMER_POLICIES,
    ("Channel", "import FBA orders"): IMPORT_FBA,
    ("CourierService", "tracking"): TRACKINGS,
    ("MailSettings", "security"): MAIL_SECURITIES,
    ("Site", "kind"): SITE_KINDS,
    ("User", "role"): ROLES,
}
"""By noun and field of the audit's values. An option's field begins with its row: “Prime: customer policy”."""
AUDITED_FIELDS = {**ORDER_TYPES, "record only": "record"}
APPEND_ONLY = {"movement": "movement_append_only", "auditentry": "audit_append_only"}
CHUNK = 2000
FBA_POOL = "fba_site_has_a_pool"


def rewrite(column: tuple[str, str], words: Mapping[str, str]) -> str:
    """One UPDATE: each text of the column that is a key becomes its value, all others stay."""
    table, name = column
    cases = " ".join(f"WHEN '{old}' THEN '{new}'" for old, new in words.items())
    old_ones = ", ".join(f"'{old}'" for old in words)
    return f"UPDATE wharfinger_{table} SET {name} = CASE {name} {cases} END WHERE {name} IN ({old_ones});"


def triggers(on: bool) -> str:
    word = "ENABLE" if on else "DISABLE"
    return "\n".join(f"ALTER TABLE wharfinger_{table} {word} TRIGGER {name};" for table, name in APPEND_ONLY.items())


TO_CODES = "\n".join(rewrite(column, words) for column, words in CODES.items())
TO_LABELS = "\n".join(rewrite(column, {new: old for old, new in words.items()}) for column, words in CODES.items())


def coded(noun: str, values: Any) -> Any:
    """An audit's values with codes in the place of labels; what is not of a kind stays."""
    if not isinstance(values, dict):
        return values
    return {_field(noun, name): _value(noun, name, value) for name, value in values.items()}


def _field(noun: str, name: str) -> str:
    row, colon, option = name.partition(": ")
    wanted = noun == "Channel" and (colon or row == "record only")
    return f"{AUDITED_FIELDS.get(row, row)}{colon}{option}" if wanted else name


def _value(noun: str, name: str, value: Any) -> Any:
    codes = AUDITED.get((noun, name.rpartition(": ")[2]), {})
    return codes.get(value, value) if isinstance(value, str) else value


def audit_to_codes(apps: Any, schema_editor: Any) -> None:
    """Encrypted, so each entry by itself; in the nouns that have kinds only, and written where something changed."""
    nouns = sorted({noun for noun, _ in AUDITED})
    newest = 0
    with schema_editor.connection.cursor() as cursor:
        while True:
            cursor.execute(
                "SELECT id, noun, before, after FROM wharfinger_auditentry WHERE noun = ANY(%s) AND id > %s "
                "ORDER BY id LIMIT %s",
                [nouns, newest, CHUNK],
            )
            rows = cursor.fetchall()
            if not rows:
                return
            for entry, noun, *stored in rows:
                values = [text and json.loads(decrypt(text)) for text in stored]
                kept = [coded(noun, value) for value in values]
                if kept != values:
                    sealed = [None if v is None else encrypt(json.dumps(v, ensure_ascii=False).encode()) for v in kept]
                    cursor.execute(
                        "UPDATE wharfinger_auditentry SET before = %s, after = %s WHERE id = %s", [*sealed, entry]
                    )
            newest = rows[-1][0]


def pool_of(fba: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=(models.Q(kind=fba) & ~models.Q(pool="")) | (~models.Q(kind=fba) & models.Q(pool="")), name=FBA_POOL
    )


class Migration(migrations.Migration):
    dependencies = [("wharfinger", "0038_numbers_by_sequence")]

    operations = [
        migrations.RemoveConstraint("site", FBA_POOL),
        migrations.RunSQL(triggers(on=False), triggers(on=True)),
        migrations.RunSQL(TO_CODES, TO_LABELS),
        migrations.RunPython(audit_to_codes, migrations.RunPython.noop),
        migrations.RunSQL(triggers(on=True), triggers(on=False)),
        migrations.AddConstraint("site", pool_of("fba")),
    ]
