"""Who signs in."""

from wharfinger.db.models import User
from wharfinger.domain.installation.people import Role


def someone(role: Role = Role.ADMINISTRATOR, **values) -> User:
    """A person of this role who cannot sign in by a password: tests sign in by force."""
    user = User(**{"username": role.value.lower(), "full_name": f"Anna {role.label}", "role": role.value, **values})
    user.set_unusable_password()
    user.save()
    return user


def olga_the_owner(**values) -> User:
    return someone(**{"username": "olga", "full_name": "Olga Owner", **values})
