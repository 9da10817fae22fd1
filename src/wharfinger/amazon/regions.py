"""Where Amazon answers: one endpoint for each selling region, one token endpoint for the world.

Source: developer-docs.amazon.com/sp-api/docs/sp-api-endpoints. Nothing in this library insists on the live table:
a sandbox or a simulator is another `Endpoints` value.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Region:
    """A selling region: `code` EU, NA or FE; `endpoint` is a base URL without a slash at its end."""

    code: str
    endpoint: str
    aws_region: str


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The token endpoint and the regions' endpoints of one Amazon: the live one, a sandbox, a simulator."""

    token_endpoint: str
    regions: tuple[Region, ...]

    def region(self, code: str) -> Region:
        """The region with this code; ValueError names the codes there are."""
        for region in self.regions:
            if region.code == code:
                return region
        known = ", ".join(region.code for region in self.regions)
        raise ValueError(f"Amazon has no region {code!r} here; take one of {known}")

    def moved_to(self, *, token_endpoint: str, endpoints: Mapping[str, str]) -> "Endpoints":
        """The same regions at other addresses; only the regions named in `endpoints` remain.

        ValueError for an address that is no http(s) URL or a region that does not exist.
        """
        moved = tuple(
            Region(code, _base_url(address), self.region(code).aws_region) for code, address in endpoints.items()
        )
        return Endpoints(_base_url(token_endpoint), moved)


def _base_url(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{address!r} is no address of Amazon; write it as https://host or https://host/path")
    if parts.query or parts.fragment:
        raise ValueError(f"{address!r} has a query or fragment; leave it off")
    return address.rstrip("/")


LIVE = Endpoints(
    token_endpoint="https://api.amazon.com/auth/o2/token",
    regions=(
        Region("EU", "https://sellingpartnerapi-eu.amazon.com", "eu-west-1"),
        Region("NA", "https://sellingpartnerapi-na.amazon.com", "us-east-1"),
        Region("FE", "https://sellingpartnerapi-fe.amazon.com", "us-west-2"),
    ),
)

SANDBOX = Endpoints(
    token_endpoint=LIVE.token_endpoint,
    regions=(
        Region("EU", "https://sandbox.sellingpartnerapi-eu.amazon.com", "eu-west-1"),
        Region("NA", "https://sandbox.sellingpartnerapi-na.amazon.com", "us-east-1"),
        Region("FE", "https://sandbox.sellingpartnerapi-fe.amazon.com", "us-west-2"),
    ),
)
"""Static: it answers only the pairs written in the models. Its tokens come from the live token endpoint."""
