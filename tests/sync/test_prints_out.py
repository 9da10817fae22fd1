"""Labels and test pages out to printers: each sent once, what fails says why, what holds no longer is not printed."""

import socket
import threading
from datetime import timedelta

import pytest
from tests.couriers.barcodes import barcodes_of
from tests.factories.ground import NOW
from tests.sync.test_labels_out import Shop, label

from wharfinger.db.models import Activity, Printer, PrintJob
from wharfinger.domain.shipping.labels import LabelState
from wharfinger.domain.shipping.printers import PrinterLanguage, PrintState
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping import labels, printers
from wharfinger.operations.shipping.printers import PrinterEntry
from wharfinger.sync.printing import prints_out
from wharfinger.sync.printing.raw_printing import SILENT, NotPrinted, RawPrinting

pytestmark = pytest.mark.django_db


class Paper:
    """Printers that keep what they are sent."""

    def __init__(self):
        self.sent = []
        self.error = None

    def send(self, number, port, document):
        if self.error is not None:
            raise self.error
        self.sent.append((number, port, document))


class Room(Shop):
    def __init__(self):
        super().__init__()
        self.paper = Paper()
        self.printing = RawPrinting(resolve=lambda host, port: [host], send=self.paper.send)
        self.printer = self.add("Bench 1")

    def add(self, name, language=PrinterLanguage.PDF, host="192.168.1.40", port=9100):
        entry = PrinterEntry(name, host, port, language)
        return printers.create_printer(entry, now=NOW, user=self.packer)

    def bought(self):
        self.request(self.order())
        self.run()
        return label()

    def want(self, row, printer=None):
        return printers.request_print(row.pk, (printer or self.printer).pk, now=self.clock.now(), user=self.packer)

    def work(self):
        return prints_out.send_prints(self.printing, self.clock).outcome


@pytest.fixture
def room():
    return Room()


def states():
    return [(job.state, job.error) for job in PrintJob.objects.order_by("pk")]


def test_a_label_is_sent_whole_once_and_counts_as_printed(room):
    row = room.bought()
    room.want(row)
    room.want(row)
    assert (PrintJob.objects.count(), room.paper.sent) == (1, [])
    assert room.work() == "1 print sent"
    assert room.work() == "nothing to print"
    ((number, port, document),) = room.paper.sent
    assert (number, port) == ("192.168.1.40", 9100)
    assert barcodes_of(document) == [[row.tracking_number]]
    assert (states(), label().printed_at) == ([(PrintState.SENT, "")], room.clock.now())
    assert Activity.objects.filter(text=f"Label {row.reference} printed on Bench 1.").count() == 1


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (TimeoutError(), SILENT),
        (ConnectionRefusedError(111, "Connection refused"), "The line to it failed (Connection refused)"),
    ],
)
def test_what_a_printer_does_not_take_has_failed_and_is_sent_again_by_a_person_alone(room, error, why):
    row = room.bought()
    room.want(row)
    room.paper.error = error
    assert room.work() == "0 prints sent, 1 failed"
    assert room.work() == "nothing to print"
    ((state, said),) = states()
    assert (state, label().printed_at) == (PrintState.FAILED, None)
    assert why in said
    room.paper.error = None
    room.want(row)
    room.work()
    assert [state for state, _ in states()] == [PrintState.FAILED, PrintState.SENT]


def test_a_worker_that_dies_while_it_sends_leaves_a_job_that_nobody_sends_again(room):
    room.want(room.bought())
    job = printers.claim_print(now=NOW, machine_now=NOW, machine_before=NOW)
    assert room.work() == "nothing to print"
    room.clock.advance(minutes=3)
    assert room.work() == "nothing to print"
    ((state, error),) = states()
    assert (state, room.paper.sent) == (PrintState.FAILED, [])
    assert "look whether it was printed" in error
    printers.settle_print(job.id, error="", now=room.clock.now())  # it was only slow
    assert states() == [(PrintState.SENT, "")]


def test_a_label_that_holds_no_longer_is_not_printed_although_it_was_requested(room):
    row = room.bought()
    room.want(row)
    labels.void_label(row.pk, now=room.clock.now(), user=room.packer)
    assert room.work() == "nothing to print"
    ((state, error),) = states()
    assert (state, room.paper.sent, label().state) == (PrintState.FAILED, [], LabelState.VOIDING)
    assert "no valid label" in error
    with pytest.raises(Refused, match="no valid label"):
        room.want(row)


def test_a_printer_that_takes_something_else_or_is_off_is_refused(room):
    row = room.bought()
    with pytest.raises(Refused, match="Zebra takes ZPL, and this label is PDF"):
        room.want(row, room.add("Zebra", PrinterLanguage.ZPL))
    off = PrinterEntry("Bench 1", "192.168.1.40", 9100, PrinterLanguage.PDF, active=False)
    room.want(row)
    printers.edit_printer(room.printer.pk, off, now=NOW, user=room.packer)
    with pytest.raises(Refused, match="not in use"):
        room.want(row)
    room.work()
    assert (room.paper.sent, states()[0][0]) == ([], PrintState.FAILED)


def test_a_test_page_is_in_the_printers_language_and_can_be_scanned(room):
    zebra = room.add("Zebra ^XA~JA", PrinterLanguage.ZPL)
    for printer in (room.printer, zebra, zebra):
        printers.request_test_page(printer.pk, now=NOW, user=room.packer)
    assert room.work() == "2 prints sent"
    pdf, zpl = (document for _, _, document in room.paper.sent)
    assert barcodes_of(pdf) == [[prints_out.TEST_CODE]]
    assert zpl.startswith(b"^XA")
    assert zpl.count(b"^XA") == 1
    assert b"~JA" not in zpl
    assert f"^FD{prints_out.TEST_CODE}^FS".encode() in zpl


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"host": "http://192.168.1.40"}, "host"),
        ({"port": 22}, "port"),
        ({"name": " "}, "name"),
        ({"name": "bench 1"}, "name"),
    ],
)
def test_bad_printers_are_refused_at_their_field(room, values, field):
    entry = {"name": "Bench 2", "host": "192.168.1.41", "port": 9100, "language": PrinterLanguage.PDF, **values}
    with pytest.raises(Refused) as refused:
        printers.create_printer(PrinterEntry(**entry), now=NOW, user=room.packer)
    assert refused.value.field == field
    assert Printer.objects.count() == 1


@pytest.mark.parametrize("numbers", [["8.8.8.8"], ["192.168.1.40", "127.0.0.1"], ["169.254.169.254"], []])
def test_a_name_that_leads_elsewhere_is_called_at_none_of_its_numbers(numbers):
    called = []
    printing = RawPrinting(resolve=lambda host, port: numbers, send=lambda *call: called.append(call))
    with pytest.raises(NotPrinted):
        printing.print("printer.local", 9100, b"^XA^XZ")
    assert called == []


def test_over_a_real_line_all_of_it_arrives():
    got = bytearray()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def take():
            line, _ = listening.accept()
            with line:
                while piece := line.recv(65536):
                    got.extend(piece)

        taking = threading.Thread(target=take)
        taking.start()
        document = b"%PDF-" + b"x" * 300_000
        RawPrinting(own=True).print("127.0.0.1", listening.getsockname()[1], document)
        taking.join(timeout=10)
    assert bytes(got) == document
    with pytest.raises(NotPrinted, match="The line to it failed"):
        RawPrinting(own=True).print("127.0.0.1", 9, b"x")


def test_old_jobs_do_not_stay_for_ever(room):
    room.want(room.bought())
    room.work()
    assert printers.remove_old_prints(now=room.clock.now() + timedelta(days=20)) == 0
    assert printers.remove_old_prints(now=room.clock.now() + timedelta(days=31)) == 1
