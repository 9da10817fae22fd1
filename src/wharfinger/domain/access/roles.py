"""Roles of the application that Amazon may take away: which refusals have one missing role for their cause. Pure."""

from collections.abc import Iterable, Mapping

Roles = frozenset[str]
"""Any of these opens an operation."""


def cause_of(roles: Roles, all_denied: Iterable[Roles]) -> Roles:
    """The fewest roles among those of `all_denied` that would open this operation too.

    Listings need one role, FBA levels that one or another: while listings are denied, the one is missing, and giving it
    opens both.
    """
    causes = [other for other in all_denied if other and other <= roles]
    return min(causes, key=lambda other: (len(other), sorted(other)), default=roles)


def with_same_cause(flow: str, denied: Mapping[str, Roles]) -> tuple[str, ...]:
    """All that the same missing role stops, this flow among them; a denial that no role explains is alone."""
    if not denied[flow]:
        return (flow,)
    cause = cause_of(denied[flow], denied.values())
    return tuple(
        sorted(other for other, roles in denied.items() if cause_of(roles, denied.values()) == cause and roles)
    )
