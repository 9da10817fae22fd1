"""Roles of the people who sign in, what each may do, and what one person may beside it or may not."""

from collections.abc import Mapping
from enum import StrEnum

from wharfinger.domain.labels import Labelled
from wharfinger.domain.sentences import N_


class Role(Labelled):
    ADMINISTRATOR = "administrator", "Administrator"
    MANAGER = "manager", "Manager"
    WAREHOUSE = "warehouse", "Warehouse"
    ACCOUNTS = "accounts", "Accounts"
    VIEWER = "viewer", "Viewer"


class Right(StrEnum):
    """One thing that a person may or may not do."""

    EDIT_CHANNELS = N_("edit channels")
    SEE_CREDENTIALS = N_("see credentials")
    EDIT_STOCK = N_("edit stock")
    SHIP = N_("ship")
    ANNOTATE_ORDERS = N_("write notes, tags and attachments on sales orders")
    EDIT_ORDERS = N_("edit and cancel sales orders, and merge customers")
    FIX_PROBLEMS = N_("fix problems")
    ADMINISTER = N_("administer the installation")
    SEE_PERSONAL_DATA = N_("see personal data")
    SEE_BUYER_CONTACT = N_("see buyers' e-mail addresses and tax numbers")
    EDIT_VAT = N_("edit what VAT is worked out from")
    SEE_AUDIT = N_("see the audit log")
    SET_TRADE_RATE = N_("set the speed of the demo's clock")

    @property
    def code(self) -> str:
        """As it is stored; the value is a sentence, which may be worded anew."""
        return self.name.lower()


_ALL = frozenset(Right)
_RIGHTS: dict[Role, frozenset[Right]] = {
    Role.ADMINISTRATOR: _ALL,
    Role.MANAGER: _ALL - {Right.ADMINISTER, Right.EDIT_VAT},
    Role.WAREHOUSE: frozenset({Right.EDIT_STOCK, Right.SHIP, Right.ANNOTATE_ORDERS, Right.SEE_PERSONAL_DATA}),
    Role.ACCOUNTS: frozenset({Right.ANNOTATE_ORDERS, Right.SEE_PERSONAL_DATA, Right.SEE_BUYER_CONTACT, Right.EDIT_VAT}),
    Role.VIEWER: frozenset(),
}


FUNCTIONS = tuple(right for right in Right if right not in (Right.ADMINISTER, Right.SET_TRADE_RATE))
"""What an administrator gives to one person or takes from one, beside the role. Who administers is a role alone."""

Changes = Mapping[str, bool]
"""By a right's code: given to a person whose role has it not (True), or taken from one whose role has it (False)."""


def may(role: str, right: Right, changes: Changes | None = None) -> bool:
    """`changes`: of the person; an administrator may do everything, whatever they say."""
    own = None if changes is None or role == Role.ADMINISTRATOR else changes.get(right.code)
    return right in _RIGHTS[Role(role)] if own is None or right not in FUNCTIONS else own


def changes_beside(role: Role, wanted: Changes) -> dict[str, bool]:
    """Of what was wanted, what differs from the role, in the order of the rights: the rest is the role's own."""
    if role is Role.ADMINISTRATOR:
        return {}
    return {
        right.code: wanted[right.code]
        for right in FUNCTIONS
        if right.code in wanted and wanted[right.code] is not may(role, right)
    }
