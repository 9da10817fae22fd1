"""GTINs: EAN, UPC and GTIN-14 are one numbering, compared as 14 digits with their check digit. Pure."""

import unicodedata

from stdnum import ean

GTIN_TYPES = frozenset({"EAN", "UPC", "GTIN"})
_LENGTHS = {8: "EAN", 12: "UPC", 13: "EAN", 14: "GTIN"}
_ONE_SHORT = {length - 1 for length in _LENGTHS} - set(_LENGTHS)


def plain(code: str) -> str:
    """The code without the spaces and hyphens that are printed between its digits, in plain digits."""
    signs = unicodedata.normalize("NFKC", code)
    return "".join(c for c in signs if not c.isspace() and unicodedata.category(c) not in ("Cf", "Pd"))


def gtin14(code: str) -> str:
    """The code as 14 digits, by which equal articles are equal; empty when it is no GTIN with a right check digit."""
    digits = plain(code)
    if not (digits.isascii() and digits.isdigit() and len(digits) in _LENGTHS and ean.is_valid(digits)):
        return ""
    return digits.zfill(14)


def gtin_type(code: str) -> str:
    """EAN, UPC or GTIN by the length of a bare code; Other when it is none of them."""
    digits = plain(code)
    return _LENGTHS.get(len(digits), "Other") if gtin14(code) else "Other"


def lost_zero(code: str) -> str:
    """The GTIN that the code probably is when a spreadsheet took its leading zero away; empty = none."""
    digits = plain(code)
    if digits.isascii() and digits.isdigit() and len(digits) in _ONE_SHORT and gtin14(f"0{digits}"):
        return f"0{digits}"
    return ""


def gtin_fault(code: str) -> str:
    """Why a code that is given as an EAN, UPC or GTIN is none, and what to do; empty = it is one."""
    if gtin14(code):
        return ""
    digits, zero = plain(code), lost_zero(code)
    if not (digits.isascii() and digits.isdigit()):
        return (
            f"“{code[:40]}” is not an EAN, UPC or GTIN: these have digits only. Give a code of your own the type Other."
        )
    if zero:
        return f"{digits} has {len(digits)} digits: its leading zero is probably lost. Write {zero}."
    if len(digits) not in _LENGTHS:
        return f"{digits} has {len(digits)} digits; a GTIN has 8, 12, 13 or 14. Compare it with the label."
    right = f"{digits[:-1]}{ean.calc_check_digit(digits[:-1])}"
    return f"The check digit of {digits} is wrong ({right} would be right). Compare it with the label."


def looks_like_gtin(code: str) -> bool:
    """Digits of a length that only GTINs have: its check digit is to be right."""
    digits = plain(code)
    return digits.isascii() and digits.isdigit() and len(digits) in _LENGTHS


def article_code(gtin: str) -> str:
    """A GTIN of 14 digits in its shortest form, as it stands on the label: UPC, EAN or GTIN."""
    for zeros in (6, 2, 1):  # eight, twelve and thirteen digits
        if gtin.startswith("0" * zeros):
            return gtin[zeros:]
    return gtin
