"""By which codes a channel's order lines find their stock item, beyond the Amazon SKU or the ASIN that it goes by."""

from collections.abc import Sequence
from datetime import datetime

from wharfinger.db.models import Channel, User
from wharfinger.domain.orders.matching import MatchCode, own_code
from wharfinger.operations.installation._history_steps import record_activity, record_audit
from wharfinger.operations.orders._link_steps import fix_lines_of_channel
from wharfinger.operations.orders._reserve_steps import reserve_unmatched
from wharfinger.operations.refusals import Refused
from wharfinger.operations.transaction import operation


@operation
def save_match_codes(channel_id: int, codes: Sequence[str], *, user: User, now: datetime) -> int:
    """The ordered list of other codes; lines that were held for want of one are tried again. Returns how many go on."""
    channel = Channel.objects.select_for_update(of=("self",), no_key=True).select_related("account").get(pk=channel_id)
    wanted = [code for text in codes if (code := MatchCode.named(text)) is not None]
    if len(wanted) != len(codes) or len(set(wanted)) != len(wanted):
        raise Refused("Choose each code once, from the list.", "code")
    if own_code(by_sku=channel.use_amazon_sku) in wanted:
        raise Refused("The channel goes by this code already, before all others.", "code")
    before, after = list(channel.match_codes), [code.value for code in wanted]
    if before == after:
        return 0
    channel.match_codes = after
    channel.save(update_fields=["match_codes"])
    record_audit("saved", "Channel", channel.pk, before={"codes": before}, after={"codes": after}, now=now, user=user)
    names = ", ".join(code.msgid for code in wanted) or "none"
    record_activity(f"Other codes that order lines are matched by: {names}.", channel=channel, user=user, now=now)
    fixed = fix_lines_of_channel(channel, now=now)
    reserve_unmatched(channel.account_id, now=now)
    return fixed
