"""Barcodes in a photo, for browsers that read none themselves. Nothing of a photo is kept."""

import warnings
from io import BytesIO

import zxingcpp
from PIL import Image, ImageOps, UnidentifiedImageError

BYTES_AT_MOST = 20 * 1024 * 1024
PIXELS_AT_MOST = 60_000_000
"""A phone's largest photos; more is none, or a bomb."""
SIDE_AT_MOST = 2_400
"""Larger photos are made smaller first: reading takes a tenth of a second then."""
_FORMATS = ("JPEG", "PNG", "WEBP")


class NoPhoto(Exception):
    """It is no picture that can be read, or too large a one."""


def codes_in(photo: bytes) -> tuple[str, ...]:
    """The texts of all barcodes in it, without twins, the largest one first; none where none can be read.

    NoPhoto where it is no JPEG, PNG or WebP picture.
    """
    if len(photo) > BYTES_AT_MOST:
        raise NoPhoto
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(BytesIO(photo), formats=_FORMATS)
            if picture.width * picture.height > PIXELS_AT_MOST:
                raise NoPhoto
            picture.draft("L", (SIDE_AT_MOST, SIDE_AT_MOST))
            upright = ImageOps.exif_transpose(picture).convert("L")
            upright.thumbnail((SIDE_AT_MOST, SIDE_AT_MOST))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError, Warning) as fault:
        raise NoPhoto from fault
    found = [one for one in zxingcpp.read_barcodes(upright) if one.text]
    found.sort(key=_size, reverse=True)
    return tuple(dict.fromkeys(one.text for one in found))


def _size(barcode: "zxingcpp.Barcode") -> int:
    place = barcode.position
    return abs(place.bottom_right.x - place.top_left.x) + abs(place.bottom_right.y - place.top_left.y)
