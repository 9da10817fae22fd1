"""Every page of the house, by noun."""

from wharfinger.web.views import (
    authorisations,
    channels,
    couriers,
    dashboard,
    entrance,
    help_pages,
    house_settings,
    imported_orders,
    problems,
    products,
    sales_orders,
    search,
    sites,
    stock,
    stock_csv,
)

urlpatterns = [
    *entrance.routes,
    *dashboard.routes,
    *channels.routes,
    *authorisations.routes,
    *couriers.routes,
    *house_settings.routes,
    *help_pages.routes,
    *imported_orders.routes,
    *sales_orders.routes,
    *stock_csv.routes,
    *stock.routes,
    *sites.routes,
    *products.routes,
    *problems.routes,
    *search.routes,
]
