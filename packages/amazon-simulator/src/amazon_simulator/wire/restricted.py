"""What a restricted data token opens. Source: model tokens_2021-03-01.json; behaviours A08, A09."""

from amazon_simulator.protocol.routing import Call

ELEMENTS = ("buyerInfo", "shippingAddress", "buyerTaxInformation")


def opened(call: Call) -> frozenset[str] | None:
    """The data elements that this call may have; empty with an ordinary token.

    None: the token was made for another method or path, which is denied.
    """
    if not call.access.resources:
        return frozenset()
    segments = call.request.segments()
    for method, path, elements in call.access.resources:
        if method.upper() == call.request.method and _is_of(path.split("?")[0].strip("/").split("/"), segments):
            return frozenset(elements or ELEMENTS)
    return None


def _is_of(wanted: list[str], segments: list[str]) -> bool:
    """A path with a name in braces is meant for all orders; a region's prefix stands before the path."""
    segments = segments[len(segments) - len(wanted) :] if len(segments) > len(wanted) else segments
    return len(wanted) == len(segments) and all(
        part == there or (part.startswith("{") and part.endswith("}"))
        for part, there in zip(wanted, segments, strict=True)
    )
