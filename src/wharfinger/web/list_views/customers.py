"""The columns of Customers."""

from wharfinger.db.queries.orders.customers import CustomerRow
from wharfinger.domain.installation.list_views import ListCode
from wharfinger.web.list_views.columns import Cell, Column, ListSpec

CUSTOMERS: ListSpec[CustomerRow] = ListSpec(
    ListCode.CUSTOMERS,
    (
        Column("code", "Customer", (Cell("customer", lambda row: row.code),), sort="code", pinned=True),
        Column("name", "Name", (Cell("name", lambda row: row.name),), personal=True),
        Column(
            "place",
            "Place",
            (
                Cell("town", lambda row: row.town),
                Cell("postcode", lambda row: row.postcode),
                Cell("country", lambda row: row.country),
            ),
            personal=True,
        ),
        Column("class", "Company class", (Cell("company class", lambda row: row.company_class),), usual=False),
        Column("orders", "Orders", (Cell("orders", lambda row: row.orders),), css="number"),
        Column("last", "Last order", (Cell("last order", lambda row: row.last_at),)),
        Column("made", "Since", (Cell("since", lambda row: row.made_at),), sort="made"),
    ),
    filters=("kind", "q"),
)
