"""Whether Amazon can send a browser back to us."""

from django.conf import settings


def comes_back_from_amazon() -> bool:
    """Amazon's consent page leads back to https addresses only; the simulator's leads to any."""
    installation = settings.WHARFINGER
    return installation.is_https or (installation.system == "demo" and installation.simulator_url is not None)
