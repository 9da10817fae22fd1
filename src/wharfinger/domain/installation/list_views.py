"""The lists whose views people save, and what a view may be called."""

from wharfinger.domain.labels import Labelled

NAME_AT_MOST = 60
VIEWS_AT_MOST = 50
"""Of one person, or of all, for one list: more could not be chosen from."""


class ListCode(Labelled):
    """A list of which a person chooses page size, columns and views."""

    IMPORTED_ORDERS = "imported_orders", "Imported Orders"
    SALES_ORDERS = "sales_orders", "Sales Orders"
    PROBLEMS = "problems", "Problems"
    CUSTOMERS = "customers", "Customers"
    SITE_LEVELS = "site_levels", "Levels of a site"
    COUNT_LINES = "count_lines", "Lines of a count"
    WATCHED = "watched", "Levels to watch"
    STOCK = "stock", "Stock"
    DIFFERENCES = "differences", "Differences at Amazon"
    ACCESS_LOG = "access_log", "Access log"
