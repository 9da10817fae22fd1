"""Settings, Printers; the printer that a packer chooses; labels sent to it from the order and the bench."""

import pytest
from tests.factories.ground import NOW
from tests.web.client import text
from tests.web.test_bench_labels import MUG, Bench

from wharfinger.db.models import CourierLabel, Printer, PrintJob
from wharfinger.domain.installation.people import Role
from wharfinger.domain.shipping.printers import PrinterLanguage, PrintState
from wharfinger.operations.shipping import printers

pytestmark = pytest.mark.django_db
ENTRY = {"name": "Bench 1", "host": "192.168.1.40", "port": "9100", "language": "pdf", "active": "on"}


def test_an_administrator_enters_tests_and_removes_a_printer(sign_in):
    client = sign_in(Role.ADMINISTRATOR)
    assert "No printers yet" in text(client.get("/settings/printers/"))
    saved = client.post("/settings/printers/new/", ENTRY, follow=True)
    assert "Print a test page to see whether it arrives." in text(saved)
    row = Printer.objects.get()
    page = text(client.post(f"/settings/printers/{row.pk}/test/", follow=True))
    assert "Test page" in page
    assert "Queued" in page
    job = printers.claim_print(now=NOW, machine_now=NOW, machine_before=NOW)
    printers.settle_print(job.id, error="It does not answer in time.", now=NOW)
    listed = text(client.get("/settings/printers/"))
    assert "192.168.1.40:9100" in listed
    assert "Not printed" in listed
    assert "It does not answer in time." in listed
    assert "Bench 1 is removed." in text(client.post(f"/settings/printers/{row.pk}/remove/", follow=True))
    assert not PrintJob.objects.exists()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"host": "http://192.168.1.40/"}, "address alone, such as 192.168.1.40"),
        ({"port": "22"}, "Select a valid choice"),
        ({"name": ""}, "required"),
    ],
)
def test_a_wrong_printer_is_an_error_at_its_field(sign_in, values, said):
    answer = sign_in(Role.ADMINISTRATOR).post("/settings/printers/new/", {**ENTRY, **values})
    assert answer.status_code == 422
    assert said in text(answer)
    assert not Printer.objects.exists()


@pytest.mark.parametrize("role", [Role.MANAGER, Role.WAREHOUSE, Role.VIEWER])
def test_printers_are_the_administrators_alone(sign_in, role):
    client = sign_in(role)
    assert client.get("/settings/printers/").status_code == 403
    assert client.post("/settings/printers/new/", ENTRY).status_code == 403


@pytest.fixture
def printer(db):
    return Printer.objects.create(
        name="Bench 1", host="192.168.1.40", port=9100, language=PrinterLanguage.PDF, made_at=NOW
    )


def test_a_label_on_the_bench_goes_to_the_chosen_printer(printer, world, sign_in):
    at_bench = Bench(world, sign_in(Role.WAREHOUSE))
    client = at_bench.client
    chosen = text(client.post("/shipping/printer/", {"printer": printer.pk}, follow=True))
    assert "Labels are printed on Bench 1." in chosen
    at_bench.scan(MUG)
    at_bench.worker()
    part = text(at_bench.label_part())
    label = CourierLabel.objects.latest("pk")
    assert "Print on Bench 1" in part
    sent = f"/sales-orders/{label.order_id}/labels/{label.pk}/send/"
    assert f'formaction="{sent}?bench=1" data-send-label="bench-print"' in " ".join(part.split())
    assert 'data-print-label="' not in part
    assert at_bench.label_part().status_code == 200  # looked at until it is sent
    assert client.post(f"{sent}?bench=1").status_code == 204
    assert PrintJob.objects.get().label == label
    assert "Queued" in text(at_bench.label_part())
    job = printers.claim_print(now=NOW, machine_now=NOW, machine_before=NOW)
    printers.settle_print(job.id, error="", now=NOW)
    part = text(at_bench.label_part())
    assert "Sent to the printer" in part
    assert "data-send-label" not in part
    assert at_bench.label_part().status_code == 286  # nothing moves any more
    page = text(client.get(f"/sales-orders/{label.order_id}/"))
    assert "Print on Bench 1" in page
    assert "Sent to the printer" in page


def test_a_printer_that_takes_another_form_leaves_the_label_to_the_browser(printer, world, sign_in):
    Printer.objects.update(language=PrinterLanguage.ZPL)
    at_bench = Bench(world, sign_in(Role.WAREHOUSE))
    at_bench.client.post("/shipping/printer/", {"printer": printer.pk})
    at_bench.scan(MUG)
    at_bench.worker()
    part = text(at_bench.label_part())
    assert "data-print-label" in part
    assert "Print on Bench 1" not in part
    label = CourierLabel.objects.latest("pk")
    assert "Print on Bench 1" not in text(at_bench.client.get(f"/sales-orders/{label.order_id}/"))


def test_without_a_chosen_printer_the_browser_prints(printer, world, sign_in):
    at_bench = Bench(world, sign_in(Role.WAREHOUSE))
    client = at_bench.client
    at_bench.scan(MUG)
    at_bench.worker()
    assert "data-print-label" in text(at_bench.label_part())
    label = CourierLabel.objects.latest("pk")
    answer = client.post(f"/sales-orders/{label.order_id}/labels/{label.pk}/send/", follow=True)
    assert "No printer is chosen" in text(answer)
    Printer.objects.update(active=False)
    gone = client.post("/shipping/printer/", {"printer": printer.pk}, follow=True)
    assert "This printer is not in use any more." in text(gone)
    assert not PrintJob.objects.exists()


def test_what_is_not_there_is_not_found_and_a_viewer_prints_nothing(printer, world, sign_in):
    at_bench = Bench(world, sign_in(Role.WAREHOUSE))
    at_bench.scan(MUG)
    at_bench.worker()
    label = CourierLabel.objects.latest("pk")
    another = next(order for order in at_bench.orders if order.pk != label.order_id)
    assert at_bench.client.post(f"/sales-orders/{another.pk}/labels/{label.pk}/send/").status_code == 404
    viewer = sign_in(Role.VIEWER)
    assert viewer.post("/shipping/printer/", {"printer": printer.pk}).status_code == 403
    assert viewer.post(f"/sales-orders/{label.order_id}/labels/{label.pk}/send/").status_code == 403
    assert PrintJob.objects.filter(state=PrintState.WANTED).count() == 0
