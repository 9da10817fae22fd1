"""The columns of the access log."""

from django.utils.translation import gettext

from wharfinger.db.queries.installation.access_log import AccessRow
from wharfinger.domain.installation.list_views import ListCode
from wharfinger.domain.sentences import N_
from wharfinger.web.list_views.columns import Cell, Column, ListSpec


def which_list(row: AccessRow) -> str:
    """The list that was opened or downloaded, by its name: “Sales Orders”, “Sales Orders (csv)”."""
    code, _, kind = row.details.partition(".")
    known = {each.value: each.label for each in ListCode}
    known |= {"board": gettext("Shipping board"), "everywhere": gettext("everywhere"), "audit": gettext("Audit log")}
    name = known.get(code, code)
    return f"{name} ({kind})" if kind else name


ACCESS_LOG: ListSpec[AccessRow] = ListSpec(
    ListCode.ACCESS_LOG,
    (
        Column("at", N_("When"), (Cell("when", lambda row: row.at),), pinned=True),
        Column("who", N_("Who"), (Cell("who", lambda row: row.who),), pinned=True),
        Column("what", N_("What"), (Cell("what", lambda row: row.what),), pinned=True),
        Column(
            "about",
            N_("About"),
            (
                Cell("kind", lambda row: row.subject),
                Cell("number", lambda row: row.about),
                Cell("list", which_list),
                Cell("rows", lambda row: row.rows),
            ),
        ),
        Column("address", N_("From"), (Cell("address", lambda row: row.address),)),
        Column("browser", N_("Browser"), (Cell("browser", lambda row: row.browser),), usual=False),
    ),
    filters=("date_from", "date_to", "person", "what", "order"),
)
