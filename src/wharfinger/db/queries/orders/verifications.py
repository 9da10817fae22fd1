"""What Amazon says of the verification of regulated goods, for pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wharfinger.db.models import Verification
from wharfinger.domain.orders.verifying import VerificationAnswer, VerificationState


@dataclass(frozen=True, slots=True)
class VerificationFacts:
    """`answer`: a person's, on its way to Amazon. `error`: why Amazon did not take the last one, or cannot be read."""

    state: VerificationState
    requires_action: bool
    rejection: str
    reviewer: str
    looked_at: datetime | None
    answer: VerificationAnswer | None
    error: str

    @property
    def may_answer(self) -> bool:
        return self.state is VerificationState.PENDING and self.requires_action and self.answer is None


VERIFICATION_COLUMNS = tuple(
    f"imported__verification__{column}"
    for column in ("state", "requires_action", "rejection", "reviewer", "looked_at", "answer", "error")
)
"""From a sales order: joined, so that its page costs no statement more."""


def read_verification(row: Mapping[str, Any]) -> VerificationFacts | None:
    """`row`: of these columns. None where the order was never looked for."""
    state, requires_action, rejection, reviewer, looked_at, answer, error = (row[name] for name in VERIFICATION_COLUMNS)
    if state is None:
        return None
    return VerificationFacts(state, requires_action, rejection, reviewer, looked_at, answer or None, error)


def rejection_reasons() -> list[tuple[str, str]]:
    """Those that Amazon takes for any order that waits for a verdict: id and text, by text."""
    rows = Verification.objects.filter(state=VerificationState.PENDING, again_at__isnull=False)
    found = {
        (one, text) for reasons in rows.values_list("reasons", flat=True).distinct()[:200] for one, text in reasons
    }
    return sorted(found, key=lambda reason: reason[1])
