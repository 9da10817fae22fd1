"""People as pages show them."""

from dataclasses import dataclass
from datetime import datetime

from wharfinger.db.models import User
from wharfinger.domain.people import Right, Role, may


def demo_people() -> tuple[dict[str, str], ...]:
    """Everybody who may sign in to a demo system."""
    rows = User.objects.filter(is_active=True).order_by("pk")
    return tuple({"name": str(row), "role": row.role, "sign_in": row.username} for row in rows)


def who_may(right: Right, at_most: int = 3) -> tuple[str, ...]:
    """Names of people who may do this, those with the fewest rights first: whom to ask."""
    roles = [role.value for role in reversed(Role) if may(role.value, right)]
    people = User.objects.filter(is_active=True, role__in=roles).order_by("full_name", "username")
    ranked = sorted(people, key=lambda person: roles.index(person.role))
    return tuple(f"{person} ({person.role})" for person in ranked[:at_most])


@dataclass(frozen=True, slots=True)
class PersonRow:
    """`waiting`: invited, and no password chosen yet. `locked_until`: machine time."""

    id: int
    username: str
    full_name: str
    email: str
    role: str
    active: bool
    waiting: bool
    last_login: datetime | None
    locked_until: datetime | None


def list_people() -> tuple[PersonRow, ...]:
    """Those who may sign in first, then by name."""
    return tuple(_row(user) for user in User.objects.order_by("-is_active", "full_name", "username"))


def person_row(user_id: int) -> PersonRow | None:
    user = User.objects.filter(pk=user_id).first()
    return None if user is None else _row(user)


def _row(user: User) -> PersonRow:
    return PersonRow(
        id=user.pk,
        username=user.username,
        full_name=user.full_name,
        email=user.email,
        role=user.role,
        active=user.is_active,
        waiting=not user.has_usable_password(),
        last_login=user.last_login,
        locked_until=user.locked_until,
    )


def people_choices() -> list[tuple[int, str]]:
    """Everybody, by name: for filters."""
    return [(user.pk, str(user)) for user in User.objects.order_by("full_name", "username")]
