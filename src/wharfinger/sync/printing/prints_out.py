"""Labels and test pages out to the printers on the own network: each sent once, when somebody wants it."""

from datetime import timedelta
from typing import assert_never

from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.pagesizes import A6
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from wharfinger.domain.counts import counted
from wharfinger.domain.shipping.printers import OVER_AFTER, PrinterLanguage
from wharfinger.operations.shipping import printers
from wharfinger.operations.shipping.printers import PrintToSend
from wharfinger.sync.calls import Clock, FlowResult
from wharfinger.sync.printing.raw_printing import NotPrinted, RawPrinting

PRINTS_IN_A_RUN = 200
SOON = timedelta(seconds=5)
TEST_CODE = "WHARFINGER-TEST"


def send_prints(printing: RawPrinting, clock: Clock) -> FlowResult:
    """Send what waits; what a printer does not take has failed, with the reason, until a person presses again."""
    printers.remove_old_prints(now=clock.now())
    sent = failed = 0
    for _ in range(PRINTS_IN_A_RUN):
        machine_now = clock.machine_now()
        job = printers.claim_print(now=clock.now(), machine_now=machine_now, machine_before=machine_now - OVER_AFTER)
        if job is None:
            break
        try:
            printing.print(job.host, job.port, job.document if job.document is not None else test_page(job))
        except NotPrinted as error:
            printers.settle_print(job.id, error=str(error), now=clock.now())
            failed += 1
        else:
            printers.settle_print(job.id, error="", now=clock.now())
            sent += 1
    said = f"{counted(sent, 'print')} sent" if sent or failed else "nothing to print"
    more = sent + failed == PRINTS_IN_A_RUN
    return FlowResult(f"{said}, {failed} failed" if failed else said, clock.now() + SOON if more else None)


def test_page(job: PrintToSend) -> bytes:
    """With a barcode to scan."""
    match job.language:
        case PrinterLanguage.ZPL:
            return _zpl_page(job.printer)
        case PrinterLanguage.PDF:
            return _pdf_page(job.printer)
        case _:
            assert_never(job.language)


def _zpl_page(name: str) -> bytes:
    """In UTF-8 (^CI28), the name as hexadecimal (^FH): its own signs are never commands."""
    shown = "".join(f"_{byte:02X}" for byte in name.encode())
    lines = (
        "^XA^CI28",
        "^FO40,40^A0N,40,40^FDWharfinger^FS",
        f"^FO40,100^A0N,28,28^FH^FD{shown}^FS",
        f"^FO40,160^BY2^BCN,120,Y,N,N^FD{TEST_CODE}^FS",
        "^XZ",
    )
    return "\n".join(lines).encode()


def _pdf_page(name: str) -> bytes:
    canvas = Canvas(name, pagesize=A6)
    canvas.setFont("Helvetica-Bold", 18)
    canvas.drawString(10 * mm, A6[1] - 20 * mm, "Wharfinger")
    canvas.setFont("Helvetica", 11)
    canvas.drawString(10 * mm, A6[1] - 28 * mm, name.encode("latin-1", "replace").decode("latin-1"))
    Code128(TEST_CODE, barHeight=18 * mm, barWidth=0.4 * mm, quiet=False).drawOn(canvas, 10 * mm, A6[1] - 54 * mm)
    document: bytes = canvas.getpdfdata()
    return document
