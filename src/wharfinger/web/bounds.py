"""What an address cannot mean, and what it named that is gone: a refusal, not a fault."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponseBase

from wharfinger.db.queries.addressed import any_gone_in_address, is_gone_in_form
from wharfinger.web.views.installation.errors import bad_request, not_found

Answer = Callable[[HttpRequest], HttpResponseBase]

LARGEST_ID = 2**63 - 1
"""No row has a larger id: the column could not hold it."""


class BoundedAddresses:
    """Text with a NUL, which no database takes, is a 400; an id that no row can have is a 404."""

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        query = str(request.META.get("QUERY_STRING", ""))
        if "\0" in request.path_info or "\0" in query or "%00" in query:
            return bad_request(request)
        return self._get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if any(isinstance(value, int) and value > LARGEST_ID for value in kwargs.values()):
            raise Http404

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """A row that an address or a form named by its id, and that is not there (any more), is not found; any other
        that is missing is a fault of ours, for the log."""
        if isinstance(exception, ObjectDoesNotExist) and _is_named_by(request, exception):
            return not_found(request)
        return None


def _is_named_by(request: HttpRequest, fault: ObjectDoesNotExist) -> bool:
    match = request.resolver_match
    if match is not None and any_gone_in_address(match.route, match.kwargs):
        return True
    lists = [*request.GET.lists(), *request.POST.lists()]
    return is_gone_in_form(fault, ((name, value) for name, values in lists for value in values if value))
