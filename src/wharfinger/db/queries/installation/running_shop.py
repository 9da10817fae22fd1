"""How far a demo system's running shop is."""

from dataclasses import dataclass

from wharfinger.db.models import ImportedOrder, RunningShop
from wharfinger.domain.installation.running_shop import DAYS, STEPS, ShopState


@dataclass(frozen=True, slots=True)
class ShopStep:
    title: str
    done: bool
    current: bool


@dataclass(frozen=True, slots=True)
class ShopProgress:
    """`part` of 100; `orders`: imported so far."""

    state: ShopState
    steps: tuple[ShopStep, ...]
    part: int
    days: int
    orders: int
    error: str


def shop_progress() -> ShopProgress | None:
    """None = none was started."""
    row = RunningShop.objects.first()
    if row is None:
        return None
    state = row.state
    done = state is ShopState.DONE
    steps = tuple(
        ShopStep(title, done or number < row.step, not done and number == row.step)
        for number, title in enumerate(STEPS)
    )
    whole = len(STEPS) + DAYS
    part = 100 if done else round(100 * (row.step + row.days) / whole)
    return ShopProgress(state, steps, part, row.days, ImportedOrder.objects.count(), row.error)
