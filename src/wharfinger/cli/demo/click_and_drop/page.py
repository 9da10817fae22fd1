"""The one page of the pretend Click & Drop: its orders, and what is made to go wrong."""

from collections.abc import Sequence
from html import escape

from wharfinger.cli.demo.click_and_drop.account import Account
from wharfinger.cli.demo.click_and_drop.faults import Fault
from wharfinger.cli.demo.click_and_drop.order import Order, service_of

_SHOWN = 200
_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 70rem; padding: 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid color-mix(in srgb, currentcolor 25%, transparent); padding: .35rem .5rem; }
th, td { text-align: left; vertical-align: top; }
form { align-items: center; display: flex; flex-wrap: wrap; gap: .5rem 1rem; margin: .75rem 0; }
.wide { overflow-x: auto; }
button, select, input[type=number] { font: inherit; padding: .25rem .6rem; }
input[type=number] { width: 5rem; }
"""
_NAMES = {
    Fault.TOO_MANY: "too many calls (429)",
    Fault.DOWN: "Royal Mail is down (503)",
    Fault.FAILS_AFTERWARDS: "carried out, answered with 500",
    Fault.HTML: "carried out, answered with a web page",
    Fault.CUT_BEFORE: "the line breaks before",
    Fault.CUT_AFTER: "carried out, then the line breaks",
}


def page(account: Account, waiting: Sequence[Fault], slow: float) -> str:
    faults = "".join(f'<option value="{fault}">{escape(name)}</option>' for fault, name in _NAMES.items())
    ahead = ", ".join(_NAMES[fault] for fault in waiting) or "nothing"
    rows = "".join(_row(order) for order in reversed(account.orders[-_SHOWN:]))
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Pretend Click &amp; Drop</title>
<style>{_STYLE}</style>
<h1>Pretend Click &amp; Drop</h1>
<p>One business account of a pretend Royal Mail. No parcel moves, nothing is charged. Its key is
<code>{escape(account.key)}</code>, its service codes are {escape(", ".join(account.services))};
{escape(", ".join(account.tracked))} give tracking numbers.</p>
<h2>What goes wrong</h2>
<form method="post" action="/settings">
<label><input type="checkbox" name="labels_fail"{_ticked(account.labels_fail)}> labels cannot be generated</label>
<label><input type="checkbox" name="card"{_ticked(not account.oba)}> the account pays by card: no labels</label>
<label><input type="checkbox" name="broke"{_ticked(not account.money)}> the account has no money</label>
<label>seconds for each answer
<input type="number" name="slow" min="0" max="120" step="0.1" value="{slow:g}"></label>
<button>Save</button>
</form>
<form method="post" action="/faults">
<label>the next <input type="number" name="count" min="1" max="100" value="1"> calls:</label>
<select name="fault" aria-label="What happens">{faults}</select>
<button>Add</button>
</form>
<p>Still to come: {escape(ahead)}.</p>
<h2>Orders</h2>
<div class="wide">
<table>
<tr><th>Number<th>Reference<th>Service<th>Tracking number<th>Stands</tr>
{rows or '<tr><td colspan="5">There is no order yet.</td></tr>'}
</table>
</div>
"""


def _ticked(so: bool) -> str:
    return " checked" if so else ""


def _row(order: Order) -> str:
    cells = (str(order.identifier), order.reference, service_of(order), order.tracking_number, _standing(order))
    return "<tr>" + "".join(f"<td>{escape(cell or '–')}</td>" for cell in cells) + "</tr>"


def _standing(order: Order) -> str:
    if order.deleted:
        return "deleted"
    if order.manifest:
        return f"on manifest {order.manifest}"
    return "label generated" if order.labels else "new, without a label"
