"""Steps that erase personal data of orders, messages and customers; they need an open transaction.

A fixed number of statements, however many rows. The row stays, with what is no person's: codes, money, counts, times,
the country and the VAT area. Of audit entries only `before` and `after` go, by the leave of their trigger.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from wharfinger.db.encryption import EncryptedJson, NotReadable
from wharfinger.domain.orders.privacy.erasing import Remains, remains_of
from wharfinger.operations.installation._history_steps import draft_activity, write_activities

_OF_ORDERS = (
    "UPDATE wharfinger_salesorderline SET gift_message = '', customisation_url = '' "
    "WHERE order_id = ANY(%(orders)s) AND (gift_message <> '' OR customisation_url <> '')",
    "UPDATE wharfinger_customisation c SET body = NULL, again_at = NULL, error = '' "
    "FROM wharfinger_salesorderline l WHERE c.line_id = l.id AND l.order_id = ANY(%(orders)s)",
    "UPDATE wharfinger_courierlabel SET document = NULL, address_hash = '', error = '', choice = NULL, "
    "purchase = NULL "
    "WHERE order_id = ANY(%(orders)s)",
    "UPDATE wharfinger_orderhold SET details = '' WHERE order_id = ANY(%(orders)s) AND details <> ''",
    "UPDATE wharfinger_legalhold SET reason = '' WHERE order_id = ANY(%(orders)s) AND reason <> ''",
    "DELETE FROM wharfinger_ordernote WHERE order_id = ANY(%(orders)s)",
    "DELETE FROM wharfinger_orderattachment WHERE order_id = ANY(%(orders)s)",
    "DELETE FROM wharfinger_benchclaim WHERE order_id = ANY(%(orders)s)",
    "DELETE FROM wharfinger_searchword WHERE order_id = ANY(%(orders)s)",
    "UPDATE wharfinger_activity SET personal = NULL WHERE sales_order_id = ANY(%(orders)s) AND personal IS NOT NULL",
    "UPDATE wharfinger_auditentry SET before = NULL, after = NULL WHERE noun = 'SalesOrder' "
    "AND noun_id = ANY(%(orders)s::bigint[]::text[]) AND (before IS NOT NULL OR after IS NOT NULL)",
    "UPDATE wharfinger_problem SET key = split_part(key, ':part:', 1) || ':part:erased-' || id "
    "WHERE sales_order_id = ANY(%(orders)s) AND key LIKE 'order:%%:part:%%'",
    # One that waits is locked by who takes it, and erased by the next run.
    "UPDATE wharfinger_rawmessage m SET body = NULL FROM wharfinger_importedorder i "
    "WHERE m.account_id = i.account_id AND m.key = i.amazon_order_id AND m.body IS NOT NULL AND m.state <> 'waiting' "
    "AND i.id IN (SELECT imported_id FROM wharfinger_salesorder WHERE id = ANY(%(orders)s)) "
    "AND NOT EXISTS (SELECT 1 FROM wharfinger_salesorder o WHERE o.imported_id = i.id AND o.erased_at IS NULL)",
)
_ORDERS = """
UPDATE wharfinger_salesorder o
SET delivery = stays.delivery, vat_area = stays.vat_area, buyer_vat_country = stays.buyer_vat_country,
    own_delivery = NULL, buyer = NULL, cancel_reason = '', confirmed_address_hash = '',
    postcode_hash = '', surname_hash = '', email_hash = '', erased_at = %s
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[]) AS stays (id, delivery, vat_area, buyer_vat_country)
WHERE o.id = stays.id
"""
_CUSTOMERS = """
UPDATE wharfinger_customer SET name = '', email = '', address = NULL, address_hash = '', name_hash = '',
    surname_hash = '', postcode_hash = '', email_hash = '', erased_at = %s
WHERE id = ANY(%s)
"""
_PEOPLE = EncryptedJson()


def may_wait_for_rows() -> None:
    """Two seconds for a row that somebody holds; the audit's trigger lets this transaction erase."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '2s'; SET LOCAL wharfinger.erases = 'yes'")


def erase_orders(ids: Sequence[int], why: str, *, now: datetime) -> None:
    """Of these sales orders, which the transaction holds; `why`: a sentence for their timelines."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, delivery, buyer, vat_area, buyer_vat_country FROM wharfinger_salesorder WHERE id = ANY(%s)",
            [list(ids)],
        )
        stay = {pk: _remains(*stored) for pk, *stored in cursor.fetchall()}
        cursor.execute(
            _ORDERS,
            [
                now,
                list(stay),
                [_PEOPLE.get_prep_value(one.delivery) for one in stay.values()],
                [one.vat_area for one in stay.values()],
                [one.buyer_vat_country for one in stay.values()],
            ],
        )
        for statement in _OF_ORDERS:
            cursor.execute(statement, {"orders": list(stay)})
    write_activities(draft_activity(why, now=now, sales_order_id=pk) for pk in stay)


def _remains(delivery: str | None, buyer: str | None, vat_area: str, buyer_vat_country: str) -> Remains:
    """What nobody can read any more, its key being lost, is erased all the same."""
    try:
        held = [_PEOPLE.from_db_value(stored, None, connection) for stored in (delivery, buyer)]
    except NotReadable:
        held = [None, None]
    return remains_of(held[0], held[1], vat_area=vat_area, buyer_vat_country=buyer_vat_country)


def erase_customers(ids: Sequence[int], *, now: datetime) -> None:
    """What they are found by goes too: a buyer who comes again gets a new record."""
    with connection.cursor() as cursor:
        cursor.execute(_CUSTOMERS, [now, list(ids)])
