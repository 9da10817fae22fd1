"""People as pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from wharfinger.db.models import SignInLimit, User
from wharfinger.db.queries.installation.second_factor import with_second_factor
from wharfinger.domain.installation.people import Changes, Right, Role
from wharfinger.domain.installation.sign_in import LimitKind


def demo_people() -> tuple[dict[str, str | Role], ...]:
    """Everybody who may sign in to a demo system."""
    rows = User.objects.filter(is_active=True).order_by("pk")
    return tuple({"name": str(row), "role": row.role, "sign_in": row.username} for row in rows)


def who_may(right: Right, at_most: int = 3) -> tuple[str, ...]:
    """Names of people who may do this, those with the fewest rights first: whom to ask."""
    roles = list(reversed(Role))
    people = User.objects.filter(is_active=True).order_by("full_name", "username")
    ranked = sorted((person for person in people if person.may(right)), key=lambda person: roles.index(person.role))
    return tuple(f"{person} ({person.role.label})" for person in ranked[:at_most])


@dataclass(frozen=True, slots=True)
class PersonRow:
    """`waiting`: invited, and no password chosen yet. `locked_until`: machine time; a known browser passes."""

    id: int
    username: str
    full_name: str
    email: str
    role: Role
    active: bool
    waiting: bool
    last_login: datetime | None
    locked_until: datetime | None
    second_factor: bool
    changed_rights: Changes


def person_named(username: str) -> User | None:
    """The one who signs in with this name, whatever its capitals."""
    return User.objects.filter(username__iexact=username.strip(), is_active=True).first()


def list_people() -> tuple[PersonRow, ...]:
    """Those who may sign in first, then by name."""
    users = list(User.objects.order_by("-is_active", "full_name", "username"))
    paused, factors = _pauses(users), with_second_factor([user.pk for user in users])
    return tuple(_row(user, paused, factors) for user in users)


def _pauses(users: Sequence[User]) -> dict[str, datetime]:
    """By user name: until when a strange browser may not try it."""
    hashes = {SignInLimit.hash_of_name(user.username): user.username for user in users}
    rows = SignInLimit.objects.filter(kind=LimitKind.NAME, subject_hash__in=hashes, paused_until__isnull=False)
    pauses = rows.values_list("subject_hash", "paused_until")
    return {hashes[subject]: until for subject, until in pauses if until is not None}


def person_row(user_id: int) -> PersonRow | None:
    user = User.objects.filter(pk=user_id).first()
    return None if user is None else _row(user, _pauses([user]), with_second_factor([user.pk]))


def _row(user: User, paused: dict[str, datetime], factors: frozenset[int]) -> PersonRow:
    return PersonRow(
        id=user.pk,
        username=user.username,
        full_name=user.full_name,
        email=user.email,
        role=user.role,
        active=user.is_active,
        waiting=not user.has_usable_password(),
        last_login=user.last_login,
        locked_until=paused.get(user.username),
        second_factor=user.pk in factors,
        changed_rights=user.changed_rights,
    )


def people_choices() -> list[tuple[int, str]]:
    """Everybody, by name: for filters."""
    return [(user.pk, str(user)) for user in User.objects.order_by("full_name", "username")]
