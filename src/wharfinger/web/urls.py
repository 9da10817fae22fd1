"""Every page of the installation, by noun."""

from wharfinger.web.views.access import amazon_application, authorisations, notifications
from wharfinger.web.views.channels import (
    channel_edit,
    channel_life,
    channel_pages,
    first_import,
    new_channel,
    products,
    set_up,
)
from wharfinger.web.views.installation import (
    alerts,
    audit,
    dashboard,
    help_pages,
    installation_settings,
    list_views,
    lists,
    mail,
    problems,
    running_shop,
    search,
    sign_in,
    users,
)
from wharfinger.web.views.orders import bulk_actions, completeness, customers, imported_orders, sales_orders
from wharfinger.web.views.shipping import courier_mapping, couriers, parcels
from wharfinger.web.views.stock import sites, stock_csv, stock_items

urlpatterns = [
    *sign_in.routes,
    *dashboard.routes,
    *running_shop.routes,
    *channel_pages.routes,
    *new_channel.routes,
    *set_up.routes,
    *channel_edit.routes,
    *channel_life.routes,
    *first_import.routes,
    *authorisations.routes,
    *courier_mapping.routes,
    *couriers.routes,
    *installation_settings.routes,
    *amazon_application.routes,
    *mail.routes,
    *alerts.routes,
    *lists.routes,
    *list_views.routes,
    *help_pages.routes,
    *bulk_actions.routes,
    *imported_orders.routes,
    *completeness.routes,
    *notifications.routes,
    *sales_orders.routes,
    *customers.routes,
    *parcels.routes,
    *stock_csv.routes,
    *stock_items.routes,
    *sites.routes,
    *products.routes,
    *problems.routes,
    *search.routes,
    *users.routes,
    *audit.routes,
]
