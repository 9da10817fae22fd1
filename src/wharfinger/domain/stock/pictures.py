"""Pictures of products are Amazon's: their addresses are kept, the pictures themselves are not. Pure."""

from urllib.parse import urlsplit

PICTURE_HOSTS = ("media-amazon.com", "ssl-images-amazon.com")
"""Whose pictures a page shows; the content security policy names the same ones."""
ADDRESS_AT_MOST = 500


def picture_address(link: str) -> str:
    """The address as it is kept; empty where it is none, or is longer than any of Amazon's."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return ""
    right = parts.scheme in ("http", "https") and parts.hostname and link.isascii() and link.isprintable()
    return link if right and len(link) <= ADDRESS_AT_MOST and " " not in link else ""


def is_shown(link: str, origins: tuple[str, ...] = ()) -> bool:
    """Whether a page may show the picture: over https from Amazon's hosts, or from one of these origins."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    host = parts.hostname or ""
    if any(link.startswith(f"{origin}/") for origin in origins):
        return True
    return parts.scheme == "https" and any(host == one or host.endswith(f".{one}") for one in PICTURE_HOSTS)
