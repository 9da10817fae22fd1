"""Steps on the timetable; they need an open transaction."""

from datetime import datetime

from wharfinger.db.models import FlowSchedule
from wharfinger.operations import triggers


def bring_flow_forward(account_id: int, flow: str, *, now: datetime) -> None:
    """Run the flow before the timetable's work."""
    triggers.run_flow(account_id, flow, soon=True)
    FlowSchedule.objects.filter(account_id=account_id, flow=flow, due_at__gt=now).update(due_at=now)
