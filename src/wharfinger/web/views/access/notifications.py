"""Notifications of a seller account: its queue, the policies to copy, the test, on and off, and how it goes."""

import json
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wharfinger.db.queries.orders.notifications import NotificationFacts, notification_facts
from wharfinger.db.queries.orders.raw_messages import set_aside_notifications
from wharfinger.domain.access.queues import queue_arn
from wharfinger.domain.installation.access_log import Access
from wharfinger.domain.installation.people import Right
from wharfinger.domain.orders.raw_messages import written
from wharfinger.operations.orders import notifications
from wharfinger.operations.orders.notifications import QueueEntry
from wharfinger.operations.refusals import Refused
from wharfinger.web.access_log import note_reading
from wharfinger.web.forms.notifications import QueueForm
from wharfinger.web.live import answer_live, asks_for, live_part
from wharfinger.web.request_context import allowed, message_of, person, show_refusal, trade_now
from wharfinger.web.rights import needs, reader_of, signed_in

AMAZONS_ACCOUNT = "arn:aws:iam::437568002678:root"
"""Who sends notifications. Source: set-up-notifications-with-amazon-sqs."""


def _policy(arn: str, *actions: str, **more: Any) -> str:
    """An AWS policy as its console wants it."""
    statement = {"Effect": "Allow", **more, "Action": actions, "Resource": arn}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=2)


def _facts_or_404(account_id: int) -> NotificationFacts:
    facts = notification_facts(account_id, now=trade_now())
    if facts is None:
        raise Http404
    return facts


@signed_in
@require_safe
def show(request: HttpRequest, account_id: int) -> HttpResponse:
    facts = _facts_or_404(account_id)
    context = _context(request, facts)
    live = live_part(request, "state", "wharfinger/notifications/state.html", context)
    if asks_for(request, "state"):
        return answer_live(request, live)
    form = QueueForm(url=facts.url, key_id=facts.key_id, last_four=facts.last_four)
    return render(request, "wharfinger/notifications/page.html", {**context, "live": live, "form": form})


def _context(request: HttpRequest, facts: NotificationFacts) -> dict[str, Any]:
    arn = queue_arn(facts.url, facts.queue_region) if facts.url else "arn:aws:sqs:REGION:ACCOUNT:QUEUE"
    sends = ("sqs:GetQueueAttributes", "sqs:SendMessage")
    return {
        "facts": facts,
        "may_set_up": allowed(request, Right.SEE_CREDENTIALS),
        "queue_policy": _policy(arn, *sends, Principal={"AWS": AMAZONS_ACCOUNT}),
        "key_policy": _policy(arn, "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:SendMessage"),
        "kms_policy": _policy("*", "kms:GenerateDataKey", "kms:Decrypt", Principal={"AWS": AMAZONS_ACCOUNT}),
    }


@signed_in
@require_safe
def show_unread(request: HttpRequest, account_id: int) -> HttpResponse:
    """Messages of the queue that are no notification that we know, as they came: what another program wrote there."""
    reader = reader_of(request)
    found = [(one, written(one.body, reader)) for one in set_aside_notifications(account_id)]
    note_reading(request, Access.UNREAD, rows=len(found))
    context = {"facts": _facts_or_404(account_id), "found": found, "reader": reader}
    return render(request, "wharfinger/notifications/unread.html", context)


@needs(Right.SEE_CREDENTIALS)
@require_http_methods(["GET", "HEAD", "POST"])
def save(request: HttpRequest, account_id: int) -> HttpResponse:
    facts = _facts_or_404(account_id)
    if request.method != "POST":
        return redirect("notifications", account_id=account_id)
    form = QueueForm(request.POST, url=facts.url, key_id=facts.key_id, last_four=facts.last_four)
    if form.is_valid():
        try:
            notifications.save_queue(
                account_id,
                QueueEntry(form.cleaned_data["url"], form.cleaned_data["key_id"], form.cleaned_data["secret"]),
                simulator=settings.WHARFINGER.simulator_url,
                user=person(request),
                now=trade_now(),
            )
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, gettext("The queue is saved. Send a test message to try it."))
            return redirect("notifications", account_id=account_id)
    context = _context(request, facts)
    live = live_part(request, "state", "wharfinger/notifications/state.html", context)
    return render(request, "wharfinger/notifications/page.html", {**context, "live": live, "form": form}, status=422)


def _press(request: HttpRequest, account_id: int, verb: Callable[[], None], said: str) -> HttpResponse:
    _facts_or_404(account_id)
    try:
        verb()
    except Refused as refused:
        messages.error(request, message_of(refused))
    else:
        messages.success(request, said)
    return redirect("notifications", account_id=account_id)


@needs(Right.SEE_CREDENTIALS)
@require_POST
def test(request: HttpRequest, account_id: int) -> HttpResponse:
    user, now = person(request), trade_now()
    said = gettext("The test message is on its way through your queue.")
    return _press(request, account_id, lambda: notifications.send_test(account_id, user=user, now=now), said)


@needs(Right.SEE_CREDENTIALS)
@require_POST
def switch_on(request: HttpRequest, account_id: int) -> HttpResponse:
    user, now, replace_other = person(request), trade_now(), request.POST.get("replace") == "yes"
    return _press(
        request,
        account_id,
        lambda: notifications.switch_on(account_id, replace_other=replace_other, user=user, now=now),
        gettext("Amazon is being subscribed to your queue."),
    )


@needs(Right.SEE_CREDENTIALS)
@require_POST
def switch_off(request: HttpRequest, account_id: int) -> HttpResponse:
    user, now = person(request), trade_now()
    said = gettext("Switched off: orders come in by searching, as before.")
    return _press(request, account_id, lambda: notifications.switch_off(account_id, user=user, now=now), said)


@needs(Right.SEE_CREDENTIALS)
@require_POST
def remove(request: HttpRequest, account_id: int) -> HttpResponse:
    user, now = person(request), trade_now()
    said = gettext("The queue and its key are removed.")
    return _press(request, account_id, lambda: notifications.remove_queue(account_id, user=user, now=now), said)


routes = [
    path("accounts/<int:account_id>/notifications/", show, name="notifications"),
    path("accounts/<int:account_id>/notifications/unread/", show_unread, name="notifications-unread"),
    path("accounts/<int:account_id>/notifications/queue/", save, name="notifications-queue"),
    path("accounts/<int:account_id>/notifications/test/", test, name="notifications-test"),
    path("accounts/<int:account_id>/notifications/on/", switch_on, name="notifications-on"),
    path("accounts/<int:account_id>/notifications/off/", switch_off, name="notifications-off"),
    path("accounts/<int:account_id>/notifications/remove/", remove, name="notifications-remove"),
]
