"""How people look at lists: page size, columns, and views with a name, for one person or for all."""

from collections.abc import Mapping, Sequence

from wharfinger.db.models import ListSetting, User
from wharfinger.db.queries.paging import PAGE_SIZES
from wharfinger.domain.installation.list_views import ListCode
from wharfinger.operations.refusals import Refused
from wharfinger.operations.transaction import operation


@operation
def choose_page_size(which: ListCode, size: int, *, user: User) -> None:
    """How many rows this person's pages of the list have."""
    if size not in PAGE_SIZES:
        offered = ", ".join(map(str, PAGE_SIZES[:-1]))
        raise Refused(f"Rows a page must be {offered} or {PAGE_SIZES[-1]}.", "rows")
    _set(which, user, {"page_size": size})


def _set(which: ListCode, user: User, values: Mapping[str, int | Sequence[str] | None]) -> None:
    ListSetting.objects.update_or_create(user=user, list=which, defaults=dict(values))
