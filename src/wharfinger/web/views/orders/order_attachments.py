"""Files attached to a sales order: put there, given back, removed."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from wharfinger.db.queries.orders.order_marks import attachment
from wharfinger.domain.installation.access_log import Access, Subject
from wharfinger.domain.installation.people import Right
from wharfinger.domain.orders.attachments import LARGEST
from wharfinger.operations.orders.actions import attachments
from wharfinger.operations.refusals import Refused
from wharfinger.web.access_log import note_reading
from wharfinger.web.request_context import message_of, person, trade_now
from wharfinger.web.rights import needs


def _back(order_id: int) -> HttpResponse:
    return redirect(f"{reverse('sales-order', args=[order_id])}#attachments")


@needs(Right.ANNOTATE_ORDERS)
@require_POST
def attach(request: HttpRequest, order_id: int) -> HttpResponse:
    file = request.FILES.get("file")
    try:
        if file is None:
            raise Refused("Choose a file first.", "file")
        content = file.read(LARGEST + 1)  # what is larger is refused by its size, and never read whole
        name = file.name or ""
        attachments.attach_file(order_id, name=name, content=content, now=trade_now(), user=person(request))
    except Refused as refused:
        messages.error(request, message_of(refused))
    else:
        messages.success(request, gettext("The file is attached."))
    return _back(order_id)


@needs(Right.SEE_PERSONAL_DATA)
@require_safe
def give_back(request: HttpRequest, order_id: int, attachment_id: int) -> HttpResponse:
    """Always as a file to keep: a browser never shows it as a page of ours, and never guesses what it is."""
    found = attachment(order_id, attachment_id)
    if found is None:
        raise Http404
    note_reading(request, Access.ATTACHMENT, Subject.SALES_ORDER, order_id)
    response = HttpResponse(found.content, content_type=found.kind.value)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=found.name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response


@needs(Right.ANNOTATE_ORDERS)
@require_POST
def remove(request: HttpRequest, order_id: int, attachment_id: int) -> HttpResponse:
    try:
        attachments.remove_attachment(order_id, attachment_id=attachment_id, now=trade_now(), user=person(request))
    except Refused as refused:
        messages.error(request, message_of(refused))
    else:
        messages.success(request, gettext("The file is removed."))
    return _back(order_id)


routes = [
    path("sales-orders/<int:order_id>/attachments/", attach, name="sales-order-attach"),
    path("sales-orders/<int:order_id>/attachments/<int:attachment_id>/", give_back, name="sales-order-attachment"),
    path(
        "sales-orders/<int:order_id>/attachments/<int:attachment_id>/remove/",
        remove,
        name="sales-order-attachment-remove",
    ),
]
