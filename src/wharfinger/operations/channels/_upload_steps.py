"""Steps of a first stock upload; they need an open transaction."""

from collections.abc import Collection
from datetime import datetime

from wharfinger.db.models import Channel, UploadPlan, User
from wharfinger.domain.stock.first_upload import UploadPlanState
from wharfinger.operations.channels._channel_steps import channel_facts
from wharfinger.operations.installation._history_steps import record_activity, record_audit
from wharfinger.operations.stock._channel_notice_steps import notice_first_uploads


def approve_uploads(channel_ids: Collection[int], now: datetime, user: User) -> None:
    """From now on the channels' quantities go to Amazon. The newest plan that has one was started with that. Their
    listings get their notices together, in one order: channel by channel they would wait for each other's rows with
    whatever else raises notices meanwhile."""
    rows = Channel.objects.select_for_update(of=("self",)).select_related("account")
    channels = [rows.get(pk=channel_id) for channel_id in sorted(channel_ids)]
    for channel in channels:
        before = channel_facts(channel)
        if channel.stock_upload_approved_at is None:
            channel.stock_upload_approved_at = now
            channel.save(update_fields=["stock_upload_approved_at"])
            _decide_plan(channel, now, user)
        after = channel_facts(channel)
        record_audit("approve stock upload", "Channel", channel.pk, before=before, after=after, now=now, user=user)
        record_activity(f"{channel.name}: first stock upload approved.", channel=channel, now=now, user=user)
    notice_first_uploads(channels, now)


def _decide_plan(channel: Channel, now: datetime, user: User) -> None:
    plans = UploadPlan.objects.filter(
        channels=channel, state__in=[UploadPlanState.READY, UploadPlanState.NOT_YET]
    ).order_by("-pk")
    UploadPlan.objects.filter(pk__in=plans.values("pk")[:1]).update(
        state=UploadPlanState.STARTED, decided_at=now, decided_by=user
    )
