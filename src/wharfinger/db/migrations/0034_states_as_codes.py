"""A state is stored as a code that never changes; until now its label was stored."""

from collections.abc import Mapping

from django.db import migrations, models

LINKS = {
    "Waiting for authorisation": "waiting",
    "Linked": "linked",
    "Not linked": "not_linked",
    "Authorisation lost": "lost",
}
CODES: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("importedorder", "state"): {
        "Not attempted": "not_attempted",
        "OK": "ok",
        "Failed": "failed",
        "Skipped": "skipped",
        "System error": "system_error",
        "Retrying": "retrying",
        "Ignored": "ignored",
    },
    ("salesorder", "state"): {
        "Pending": "pending",
        "Held": "held",
        "Awaiting stock": "awaiting_stock",
        "Ready in part": "ready_in_part",
        "Ready to ship": "ready_to_ship",
        "Part shipped": "part_shipped",
        "Shipped": "shipped",
        "Issued": "issued",
        "Cancelled": "cancelled",
    },
    ("confirmation", "state"): {
        "Waiting": "waiting",
        "Attempted": "attempted",
        "Accepted": "accepted",
        "Confirmed": "confirmed",
        "Refused": "refused",
        "Not shown": "not_shown",
        "Not sent": "not_sent",
    },
    ("channel", "link_state"): LINKS,
    ("selleraccount", "link_state"): LINKS,
    ("authorisationattempt", "state"): {
        "Open": "open",
        "Returned": "returned",
        "Exchanging": "exchanging",
        "Done": "done",
        "Refused": "refused",
        "Failed": "failed",
    },
    ("authorisationattempt", "outcome"): {
        "Linked": "linked",
        "Refused": "refused",
        "Expired": "expired",
        "Replayed": "replayed",
        "Wrong seller": "wrong_seller",
        "Wrong region": "wrong_region",
        "Draft": "draft",
        "Code refused": "code_refused",
        "Application refused": "application_refused",
        "No answer": "no_answer",
        "Channel taken": "channel_taken",
    },
    ("runningshop", "state"): {"Running": "running", "Done": "done", "Failed": "failed"},
    ("rawmessage", "state"): {"Waiting": "waiting", "Taken": "taken", "Quarantined": "quarantined"},
    ("stockpush", "outcome"): {
        "Attempted": "attempted",
        "Accepted": "accepted",
        "Refused": "refused",
        "Later": "later",
    },
}
DEFAULTS = [
    ("authorisationattempt", "state", models.CharField(default="open", max_length=20)),
    ("channel", "link_state", models.CharField(default="waiting", max_length=30)),
    ("confirmation", "state", models.CharField(default="waiting", max_length=12)),
    ("rawmessage", "state", models.CharField(default="waiting", max_length=12)),
    ("selleraccount", "link_state", models.CharField(default="waiting", max_length=30)),
    ("stockpush", "outcome", models.CharField(default="attempted", max_length=10)),
]
INDEXES = [
    (
        "confirmation",
        models.Index(
            fields=["account", "again_at"],
            condition=models.Q(state__in=["waiting", "attempted", "accepted"]),
            name="confirmations_open",
        ),
    ),
    (
        "importedorder",
        models.Index(
            fields=["account", "marketplace"],
            condition=models.Q(fulfilment="FBM", amazon_status__in=["UNSHIPPED", "PARTIALLY_SHIPPED"])
            & ~models.Q(state="ok"),
            name="imported_orders_unsent",
        ),
    ),
    (
        "rawmessage",
        models.Index(fields=["account", "id"], condition=models.Q(state="waiting"), name="raw_messages_waiting"),
    ),
]


def rewrite(column: tuple[str, str], words: Mapping[str, str]) -> str:
    """One UPDATE: each text of the column that is a key becomes its value, all others stay."""
    table, name = column
    cases = " ".join(f"WHEN '{old}' THEN '{new}'" for old, new in words.items())
    old_ones = ", ".join(f"'{old}'" for old in words)
    return f"UPDATE wharfinger_{table} SET {name} = CASE {name} {cases} END WHERE {name} IN ({old_ones});"


TO_CODES = "\n".join(rewrite(column, words) for column, words in CODES.items())
TO_LABELS = "\n".join(rewrite(column, {new: old for old, new in words.items()}) for column, words in CODES.items())


class Migration(migrations.Migration):
    dependencies = [("wharfinger", "0033_pages_by_subject")]

    operations = [
        *(migrations.RemoveIndex(model, index.name) for model, index in INDEXES),
        migrations.RunSQL(TO_CODES, TO_LABELS),
        *(migrations.AlterField(model, name, field) for model, name, field in DEFAULTS),
        *(migrations.AddIndex(model, index) for model, index in INDEXES),
    ]
