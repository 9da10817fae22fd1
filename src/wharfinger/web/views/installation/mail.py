"""Settings: e-mail, its test message, and in a demo system the letters that were written into files."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from wharfinger.db.queries.installation.mail import last_test, mail_files, mail_server, recipients, unmailed
from wharfinger.domain.installation.alerts import MailWay, mail_way
from wharfinger.domain.installation.people import Right
from wharfinger.operations.installation import mail
from wharfinger.operations.refusals import Refused
from wharfinger.web.forms.mail import MailForm, TestMailForm
from wharfinger.web.live import answer_live, asks_for, live_part
from wharfinger.web.request_context import person, show_refusal, trade_now
from wharfinger.web.rights import needs
from wharfinger.web.second_factor import needs_password, needs_password_to_save


def way_of_mail() -> MailWay:
    """How e-mail leaves now."""
    installation = settings.WHARFINGER
    return mail_way(
        entered=mail_server() is not None, environment=installation.smtp is not None, demo=installation.system == "demo"
    )


@needs(Right.ADMINISTER)
@needs_password_to_save
@require_http_methods(["GET", "HEAD", "POST"])
def edit_mail(request: HttpRequest) -> HttpResponse:
    test = last_test()
    context = {"test": test}
    result = live_part(
        request,
        "test-result",
        "wharfinger/settings/mail_test.html",
        context,
        every="1s",
        settled=test is None or test.settled,
    )
    if asks_for(request, "test-result"):
        return answer_live(request, result)
    known = mail_server()
    form = MailForm(request.POST if request.method == "POST" else None, known=known)
    if request.method == "POST" and form.is_valid():
        try:
            mail.save_mail_settings(form.entry(), now=trade_now(), user=person(request))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, gettext("Saved. Send a test message to see whether it arrives."))
            return redirect("mail-settings")
    return _page(request, form, TestMailForm(initial={"to": person(request).email}), result)


def _page(request: HttpRequest, form: MailForm, test_form: TestMailForm, result: dict[str, object]) -> HttpResponse:
    installation, way = settings.WHARFINGER, way_of_mail()
    context = {
        "form": form,
        "test_form": test_form,
        "live": result,
        "way": way,
        "nowhere": way is MailWay.NONE,
        "entered": way is MailWay.ENTERED,
        "environment": installation.smtp if way is MailWay.ENVIRONMENT else None,
        "recipients": recipients(),
        "unmailed": unmailed(),
        "files": mail_files(installation.home / "mail") if installation.system == "demo" else (),
        "folder": installation.home / "mail" if way is MailWay.FILES else "",
    }
    status = 422 if form.errors or test_form.errors else 200
    return render(request, "wharfinger/settings/mail.html", context, status=status)


@needs(Right.ADMINISTER)
@require_POST
def send_test(request: HttpRequest) -> HttpResponse:
    """The worker sends it; the page shows what became of it."""
    test_form = TestMailForm(request.POST)
    if test_form.is_valid():
        try:
            mail.ask_test(test_form.cleaned_data["to"], user=person(request), now=trade_now())
        except Refused as refused:
            show_refusal(test_form, refused)
        else:
            return redirect("mail-settings")
    result = live_part(request, "test-result", "wharfinger/settings/mail_test.html", {"test": None}, settled=True)
    return _page(request, MailForm(known=mail_server()), test_form, result)


@needs(Right.ADMINISTER)
@needs_password
@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    mail.remove_mail_settings(now=trade_now(), user=person(request))
    messages.success(request, gettext("The mail server is removed."))
    return redirect("mail-settings")


routes = [
    path("settings/mail/", edit_mail, name="mail-settings"),
    path("settings/mail/test/", send_test, name="mail-test"),
    path("settings/mail/remove/", remove, name="mail-remove"),
]
