"""The audit keeps codes; who reads it reads labels."""

import pytest
from tests.factories.ground import NOW

from wharfinger.db.models import AuditEntry
from wharfinger.db.queries.installation.audit import AuditFilter, audit_page, every_entry

ENTRIES = {
    "Channel": (
        {"name": "fba", "activated for": "", "import FBA orders": "no_fba", "fba: customer policy": "each_buyer"},
        {"name": "fba", "activated for": "simulator", "(Global): customer policy": "generic", "record": "3"},
        [("activated for", "", "Simulator"), ("import FBA orders", "No FBA import", None),
         ("FBA: customer policy", "One customer for each buyer", None),
         ("(Global): customer policy", None, "Generic customer of the month"),
         ("Keep for records, don't ship", None, "3")],
    ),
    "CourierService": (None, {"tracking": "by_hand"}, [("tracking", None, "Typed by hand")]),
    "MailSettings": ({"security": "tls"}, {"security": "none"}, [("security", "TLS", "None")]),
    "Site": (None, {"kind": "third_party", "record": "x"}, [("kind", None, "3PL"), ("record", None, "x")]),
    "User": (
        {"role": "manager", "active": "True"}, {"role": "Of a version to come", "active": "False"},
        [("role", "Manager", "Of a version to come"), ("active", "Yes", "No")],
    ),
}  # fmt: skip


@pytest.mark.django_db
def test_a_kind_is_kept_as_a_code_and_read_as_its_label():
    for noun, (before, after, _) in ENTRIES.items():
        AuditEntry.objects.create(verb="edit", noun=noun, noun_id="1", before=before, after=after, at=NOW)
    pages = [audit_page(AuditFilter()).rows, tuple(every_entry(AuditFilter()))]
    for rows in pages:
        shown = {row.noun: [(change.field, change.before, change.after) for change in row.changes] for row in rows}
        assert shown == {noun: changes for noun, (_, _, changes) in ENTRIES.items()}
