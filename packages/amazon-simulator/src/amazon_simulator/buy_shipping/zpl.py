"""A label in Zebra's language. Source: ZPL II programming guide."""

from amazon_simulator.buy_shipping import barcode
from amazon_simulator.buy_shipping.labels import BARCODE, HEIGHT, WIDTH, Label, plain, rules, texts

POINTS = 72


def zpl(label: Label, dots: int) -> bytes:
    """`dots` an inch: 203 or 300. Text is UTF-8; the printer draws the barcode."""

    def at(points: float) -> int:
        return round(points * dots / POINTS)

    lines = ["^XA", "^CI28", f"^PW{at(WIDTH)}", f"^LL{at(HEIGHT)}", "^LH0,0"]
    lines += [f"^FO{at(bar.x)},{at(bar.y)}^GB{at(bar.width)},0,{max(1, at(bar.height))}^FS" for bar in rules()]
    for text in texts(label):
        wide = at(text.size * (0.95 if text.bold else 0.85))
        lines.append(f"^FO{at(text.x)},{at(text.y - text.size)}^A0N,{at(text.size)},{wide}{_field(text.text)}")
    tracking = plain(label.tracking)
    module = max(1, int(at(BARCODE.width) / barcode.width(tracking)))
    lines.append(f"^BY{module}^FO{at(BARCODE.x)},{at(BARCODE.y)}^BCN,{at(BARCODE.height)},N,N,N,A{_field(tracking)}")
    return "\n".join([*lines, "^XZ", ""]).encode()


def _field(text: str) -> str:
    """^ and ~ would begin commands, _ the number of a letter: all are written by their numbers."""
    escaped = "".join(f"_{ord(letter):02X}" if letter in "^~_\\" else letter for letter in text if letter >= " ")
    return f"^FH^FD{escaped}^FS"
