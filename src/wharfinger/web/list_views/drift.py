"""The columns of Differences at Amazon."""

from wharfinger.db.queries.channels.drift import DriftRow
from wharfinger.domain.installation.list_views import ListCode
from wharfinger.web.list_views.columns import Cell, Column, ListSpec

DIFFERENCES: ListSpec[DriftRow] = ListSpec(
    ListCode.DIFFERENCES,
    (
        Column(
            "sku",
            "Amazon SKU",
            (Cell("Amazon SKU", lambda row: row.sku), Cell("title", lambda row: row.title)),
            sort="sku",
            pinned=True,
        ),
        Column("account", "Seller account", (Cell("seller account", lambda row: row.account),), usual=False),
        Column("item", "Stock item", (Cell("stock code", lambda row: row.item_code),)),
        Column(
            "sent",
            "Sent",
            (Cell("sent", lambda row: row.sent), Cell("sent at", lambda row: row.sent_at)),
            sort="sent",
            css="number",
        ),
        Column("submitted", "In the listing", (Cell("in the listing", lambda row: row.submitted),), css="number"),
        Column(
            "shown",
            "Amazon shows",
            (Cell("Amazon shows", lambda row: row.shown), Cell("seen at", lambda row: row.seen_at)),
            sort="shown",
            css="number",
        ),
        Column("since", "Since", (Cell("since", lambda row: row.differs_at),), sort="since"),
        Column(
            "cause",
            "Whose change",
            (Cell("whose change", lambda row: row.cause), Cell("Amazon's error", lambda row: row.error)),
        ),
    ),
    filters=("channel", "cause", "q"),
)
