"""`/metrics` for Prometheus: the installation's numbers, for who has its token or sits at its machine."""

import hmac
from collections.abc import Iterator
from importlib.metadata import version
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from wharfinger.db.queries.measures import measures
from wharfinger.domain.installation.measures import Measure

_FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_REAL_IP", "HTTP_FORWARDED", "HTTP_VIA")
_REFUSED = (
    "Not for strangers: send “Authorization: Bearer …” with the token that WHARFINGER_METRICS_TOKEN holds. "
    "Without one only this machine may read, at 127.0.0.1, and only while WHARFINGER_URL is an address of it alone.\n"
)


def show_metrics(request: HttpRequest) -> HttpResponse:
    if request.method not in ("GET", "HEAD"):
        return HttpResponse("GET it.\n", content_type="text/plain", status=405, headers={"Allow": "GET, HEAD"})
    if not may_read(request):
        headers = {"WWW-Authenticate": 'Bearer realm="metrics"'}
        return HttpResponse(_REFUSED, content_type="text/plain; charset=utf-8", status=401, headers=headers)
    try:
        found = measures(now=settings.CLOCK.now(), machine_now=settings.CLOCK.machine_now())
    except DatabaseError:
        return HttpResponse("The database does not answer.\n", content_type="text/plain", status=503)
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Found(found))
    return HttpResponse(encode(registry), content_type=content_type, headers={"Cache-Control": "no-store"})


def may_read(request: HttpRequest) -> bool:
    """The token opens it from anywhere. Without it: a caller of this machine, where no proxy can stand between.

    A reverse proxy calls from this machine as well, for everybody: an installation with a public address always
    wants the token, and a request that says it was passed on does too.
    """
    token = settings.WHARFINGER.metrics_token
    scheme, _, sent = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token and hmac.compare_digest(sent.strip().encode(), token.encode()):
        return True
    called = urlsplit(f"//{request.META.get('HTTP_HOST', '')}")
    return (
        _is_here(request.META.get("REMOTE_ADDR", ""))
        and _is_here(called.hostname or "")
        and _is_here(urlsplit(settings.WHARFINGER.public_url).hostname or "")
        and not any(name in request.META for name in _FORWARDED)
    )


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


class _Found(Collector):
    def __init__(self, found: tuple[Measure, ...]) -> None:
        self._found = found

    def collect(self) -> Iterator[Metric]:
        build = GaugeMetricFamily("wharfinger_build_info", "1, with the version in its label", labels=["version"])
        build.add_metric([version("wharfinger")], 1)
        yield build
        for measure in self._found:
            kind = CounterMetricFamily if measure.counts else GaugeMetricFamily
            family = kind(measure.name, measure.help, labels=measure.labels)
            for labels, value in measure.samples:
                family.add_metric(labels, value)
            yield family
