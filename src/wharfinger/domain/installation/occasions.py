"""The occasions that an alert is raised once for, as they are written into its key; nothing reads them apart. Pure."""

from datetime import date, datetime


def lost_access(at: datetime) -> str:
    return f"lost:{at.isoformat()}"


def not_seen(since: datetime) -> str:
    """Orders of an account."""
    return f"blind:{since.isoformat()}"


def standing(marketplace_id: str, status: str) -> str:
    """An account's standing in a marketplace, as Amazon writes it."""
    return f"status:{marketplace_id[:20]}:{status[:30]}"


def of_problem(problem_id: int) -> str:
    """One opening of a problem."""
    return f"problem:{problem_id}"


def reminder(ends: date, step: int) -> str:
    """So many days before something ends."""
    return f"{ends.isoformat()}:{step}"


def rotated(at: datetime) -> str:
    return at.isoformat()
