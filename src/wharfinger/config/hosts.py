"""The first thing that a request meets: does it name this installation as its host?"""

from collections.abc import Callable

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from wharfinger.config.health import WATCHED

Answer = Callable[[HttpRequest], HttpResponseBase]


def only_our_hosts(get_response: Answer) -> Answer:
    """A host of no installation of ours is refused with 400 and no traceback: strangers try many.

    What monitors read is shown whatever the host: they call by address.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        if request.path_info in WATCHED:
            return WATCHED[request.path_info](request)
        try:
            request.get_host()
        except DisallowedHost:
            text = "This host name is not one of this installation's. Add it to WHARFINGER_ALLOWED_HOSTS.\n"
            return HttpResponse(text, content_type="text/plain", status=400)
        return get_response(request)

    return answer
