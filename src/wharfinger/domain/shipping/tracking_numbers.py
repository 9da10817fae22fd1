"""Tracking numbers as labels, scanners and spreadsheets give them: read, refused, or in question. Pure.

Refused is what can be no tracking number of anybody. A form that its carrier does not print is only a question:
carriers' forms are known from their labels and change without notice, so that a person who looked has the last word.
The check digits are those of UPU standard S10 (post), of UPS's 1Z numbers, of GS1's SSCC and of FedEx Express.
"""

import re
import unicodedata
from dataclasses import dataclass

SHORTEST = 5
LONGEST = 60
"""Amazon's model names no limit; the longest number that a carrier prints has 39 characters."""

_UNSEEN = frozenset("\u034f\u115f\u1160\u3164\ufe0e\ufe0f\uffa0")
"""Beside the format characters (category Cf): marks of direction, of joining, of form."""
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
"""As East Asian keyboards write letters and digits: the same ones to every scanner."""
_APOSTROPHES = "'’‘‛`´"
_SIGNS = frozenset("-./_")
_SCIENTIFIC = re.compile(r"[+-]?\d+(?:[.,]\d+)?e[+-]\d+|[+-]?\d+[.,]\d+e\d+", re.IGNORECASE)
_DECIMAL = re.compile(r"\d+[.,]\d+")
_THOUSANDS = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})+")
_MONTH = r"(?:jan|feb|mar|m[aä]r|apr|may|mai|jun|jul|aug|sep|sept|oct|okt|nov|dec|dez)\.?"
_DATE = re.compile(
    r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}([/.-])\d{1,2}\1\d{2,4}"
    rf"|\d{{1,2}}[-./ ]?{_MONTH}[-./ ]?(?:\d{{2}}|\d{{4}})?|{_MONTH}[-./ ](?:\d{{2}}|\d{{4}})",
    re.IGNORECASE,
)
_TWO = re.compile(r"(?=[^/]*\d)[^/]{8,}/(?=[^/]*\d)[^/]{8,}")
_ORDER = re.compile(r"\d{3}-\d{7}-\d{7}")
_ADDRESS = re.compile(r"://|^www\.|\.(?:com|co\.uk|de|fr|it|es|net|org)(?:/|$)", re.IGNORECASE)
_PLACEHOLDERS = ("n/a", "n.a.", "tbc", "tba", "tbd")


@dataclass(frozen=True, slots=True)
class TrackingNumber:
    """A number that may be sent. `doubt`: why a person should look at it first; empty = it fits its carrier."""

    number: str
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class NotATrackingNumber:
    """Refused; `reason` names what was found and what to do."""

    reason: str


def read_tracking_number(text: str, carrier: str = "") -> TrackingNumber | NotATrackingNumber:
    """The number in a text that was typed, scanned, pasted or loaded. `carrier`: Amazon's carrier code or its name.

    Spaces of every kind are taken out, also those that cannot be seen, and full-width signs are written plain;
    nothing else is changed.
    """
    seen = (c for c in text.strip() if unicodedata.category(c) not in ("Zs", "Cf") and c not in _UNSEEN)
    number = "".join(seen).translate(_FULL_WIDTH)
    fault = _fault(number)
    if fault:
        return NotATrackingNumber(fault)
    return TrackingNumber(number, _doubt(number.upper(), carrier))


def _fault(number: str) -> str:
    if not number:
        return "Type the tracking number."
    if len(number) > LONGEST:
        return f"The tracking number has {len(number)} characters; at most {LONGEST} fit. Check it."
    if any(unicodedata.category(c)[0] in "CZ" for c in number):
        return "The tracking number contains a control character or a line break. Type it again, one number only."
    shown = f"“{number}”"
    if number[0] in _APOSTROPHES or number[0] in "=+":
        return f"{shown} begins with {number[0]}, as a spreadsheet writes text. Type the number as the label shows it."
    if _is_spreadsheets(number):
        return (
            f"{shown} was changed by a spreadsheet: digits of the tracking number are lost. "
            "Type it from the label, or format the column as text."
        )
    if number[0] == "#" or number.casefold() in _PLACEHOLDERS:
        return f"{shown} is a placeholder, not a tracking number. Type the number from the label."
    if "@" in number:
        return "This is an e-mail address. Type the tracking number alone."
    if _ADDRESS.search(number):
        return "This is a web address. Type the tracking number alone."
    if _ORDER.fullmatch(number):
        return f"{shown} is Amazon's order number. Type the tracking number of the parcel."
    return _fault_of_characters(number, shown)


def _is_spreadsheets(number: str) -> bool:
    forms = (_SCIENTIFIC, _DECIMAL, _THOUSANDS, _DATE)
    return any(form.fullmatch(number) for form in forms)


def _fault_of_characters(number: str, shown: str) -> str:
    if not all((c.isascii() and c.isalnum()) or c in _SIGNS for c in number):
        return "A tracking number may contain only letters, digits and - . / _. Type it again, one number only."
    digits = [c for c in number if c.isdigit()]
    if not digits:
        return f"{shown} contains no digit, so it is not a tracking number. Type it from the label."
    if len(number) < SHORTEST:
        return f"{shown} has {len(number)} characters; a tracking number has at least {SHORTEST}. Type all of it."
    if len(set(number)) == 1:
        return f"{shown} is the same digit repeated. Type the tracking number from the label."
    return ""


# --- what the carrier prints


def _doubt(number: str, carrier: str) -> str:
    folded = "".join(c for c in carrier.casefold() if c.isalnum())
    plain = number.replace("-", "").replace(".", "")
    if len(plain) > 15 and plain.isdigit() and not plain[15:].strip("0"):
        return f"From the 16th digit on {number} is only zeros, as when a spreadsheet cuts a number. Compare the label."
    if _TWO.fullmatch(number):
        return f"{number} looks like two numbers. Each parcel has its own: compare it with the label."
    if plain.startswith("1Z") and len(plain) == 18:
        return _doubt_of_ups(plain, folded, carrier)
    if folded in _POSTAL and (doubt := _doubt_of_post(plain)):
        return doubt
    form = _FORMS.get(folded)
    if form is None or re.fullmatch(form, plain):
        return _doubt_of_digits(plain, folded)
    return f"{number} does not look like a number of {carrier}. Compare it with the label, and the carrier too."


def _doubt_of_ups(number: str, folded: str, carrier: str) -> str:
    if folded and not folded.startswith("ups") and folded != "other":
        return f"{number} looks like a number of UPS, but the carrier is {carrier}. Check both."
    if not ups_check_fits(number):
        return f"The check digit of {number} does not fit: a character is probably wrong. Compare it with the label."
    return ""


def _doubt_of_post(number: str) -> str:
    if re.fullmatch(_S10, number) and not s10_check_fits(number):
        return f"The check digit of {number} does not fit: a digit is probably wrong. Compare it with the label."
    return ""


def _doubt_of_digits(number: str, folded: str) -> str:
    if not number.isdigit():
        return ""
    fedex = folded.startswith("fedex") and len(number) == 12 and not fedex_check_fits(number)
    sscc = folded.startswith("dhl") and len(number) == 20 and number.startswith("00") and not sscc_check_fits(number)
    usps = folded.startswith("usps") and len(number) == 22 and not sscc_check_fits(number)
    if fedex or sscc or usps:
        return f"The check digit of {number} does not fit: a digit is probably wrong. Compare it with the label."
    return ""


_S10 = r"[A-Z]{2}\d{9}[A-Z]{2}"
_POSTAL = frozenset(
    {
        "royalmail", "parcelforce", "deutschepost", "laposte", "colissimo", "chronopost", "postnl", "bpost", "postnord",
        "correos", "correosexpress", "posteitaliane", "pocztapolska", "usps", "canadapost", "chinapost", "asendia",
        "correios", "dhl", "dhlpaket", "dhlglobalmail",
    }
)  # fmt: skip
_FORMS = {
    "ups": r"1Z[A-Z0-9]{16}|\d{9}|\d{10}|\d{12}|\d{18}|T\d{10}|[A-Z]{2}\d{9}[A-Z]{2}|\d{22}|\d{26}",
    "fedex": r"\d{12}|\d{14}|\d{15}|\d{20}|\d{22}|\d{34}",
    "fedexsmartpost": r"\d{20}|\d{22}",
    "dhl": r"\d{10,12}|\d{14}|\d{16}|\d{18}|\d{20}|J[A-Z]{0,3}[A-Z0-9]{10,35}|[A-Z]{2,3}\d{8,35}|[A-Z]{2}\d{9}[A-Z]{2}",
    "dhlexpress": r"\d{10}|J[A-Z]{0,3}\d{10,35}",
    "dpd": r"\d{10}|\d{12}|\d{14}[A-Z0-9]?|\d{20}|[A-Z0-9]{27,28}",
    "gls": r"[A-Z0-9]{8}|\d{10,12}|\d{14}|\d{20}|[A-Z]{2}\d{9,18}",
    "royalmail": rf"{_S10}|\d{{16}}|[0-9A-F]{{21,32}}|\d{{9}}|[A-Z0-9]{{11}}",
    "parcelforce": rf"{_S10}|[A-Z]{{2}}\d{{7}}|[A-Z]{{4}}\d{{10}}",
    "evri": r"[A-Z0-9]{16}|\d{14}|\d{20}",
    "hermes": r"\d{14}|\d{16}|\d{20}|H\d{19}",
    "yodel": r"JD\d{16}|[A-Z0-9]{18}",
    "usps": rf"{_S10}|\d{{20}}|\d{{22}}|\d{{26}}|\d{{30}}|\d{{34}}",
    "canadapost": rf"{_S10}|\d{{16}}",
    "postnl": rf"{_S10}|3S[A-Z0-9]{{9,15}}",
    "colissimo": rf"{_S10}|\d[A-Z]\d{{11}}",
}


def s10_check_fits(number: str) -> bool:
    """UPU standard S10: AA NNNNNNNN C AA; weights 8 6 4 2 3 5 9 7, eleven less the rest of the sum by eleven."""
    weights = (8, 6, 4, 2, 3, 5, 9, 7)
    rest = 11 - sum(weight * int(digit) for weight, digit in zip(weights, number[2:10], strict=True)) % 11
    return int(number[10]) == {10: 0, 11: 5}.get(rest, rest)


def ups_check_fits(number: str) -> bool:
    """UPS: of the 15 characters after 1Z every second counts twice; a letter is its place less two, by ten."""
    if not number[17].isdigit():
        return False
    values = [int(c) if c.isdigit() else (ord(c) - 63) % 10 for c in number[2:17]]
    total = sum(value * (2 if place % 2 else 1) for place, value in enumerate(values))
    return -total % 10 == int(number[17])


def sscc_check_fits(number: str) -> bool:
    """GS1: from the right, the digits before the check digit count three and one in turn."""
    total = sum(int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(reversed(number[:-1])))
    return -total % 10 == int(number[-1])


def fedex_check_fits(number: str) -> bool:
    """FedEx Express, twelve digits: weights 3 1 7 in turn, the sum by eleven and by ten."""
    total = sum(int(digit) * (3, 1, 7)[place % 3] for place, digit in enumerate(number[:11]))
    return total % 11 % 10 == int(number[11])
