"""Roles of the people who sign in, and what each may do."""

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


_ALL = frozenset(Right)
_RIGHTS: dict[Role, frozenset[Right]] = {
    Role.ADMINISTRATOR: _ALL,
    Role.MANAGER: _ALL - {Right.ADMINISTER, Right.EDIT_VAT},
    Role.WAREHOUSE: frozenset({Right.EDIT_STOCK, Right.SHIP, Right.ANNOTATE_ORDERS, Right.SEE_PERSONAL_DATA}),
    Role.ACCOUNTS: frozenset({Right.ANNOTATE_ORDERS, Right.SEE_PERSONAL_DATA, Right.SEE_BUYER_CONTACT, Right.EDIT_VAT}),
    Role.VIEWER: frozenset(),
}


def may(role: str, right: Right) -> bool:
    return right in _RIGHTS[Role(role)]
