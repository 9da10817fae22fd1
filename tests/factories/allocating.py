"""Units allocated and given back, without an order: what stands in for one where only the quantity matters."""

from wharfinger.operations.stock._stock_steps import lock_levels, raise_notices


def change_allocated(item_id, site_id, by, *, now):
    level = lock_levels([(item_id, site_id)])[(item_id, site_id)]
    if by:
        level.allocated += by
        level.save(update_fields=["allocated"])
        raise_notices([item_id], cause="Allocated" if by > 0 else "Allocation ended", now=now)
    return level
