"""What a stock item is called that is made of a listing. Pure."""

NAME_AT_MOST = 300


def name_of(title: str, sku: str) -> str:
    """The listing's title on one line, without what no page can show; the SKU where there is none."""
    shown = "".join(sign if sign.isprintable() else " " for sign in title)
    return (" ".join(shown.split())[:NAME_AT_MOST].strip() or sku)[:NAME_AT_MOST]
