"""People as pages show them."""

from wharfinger.db.models import User


def demo_people() -> tuple[dict[str, str], ...]:
    """Everybody who may sign in to a demo system."""
    rows = User.objects.filter(is_active=True).order_by("pk")
    return tuple({"name": str(row), "role": row.role, "sign_in": row.username} for row in rows)
