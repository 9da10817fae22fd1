"""The small lists of Settings, and what their names may be. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from wharfinger.domain.sentences import N_, Sentence


class ListName(StrEnum):
    """By the word in its page's address."""

    SALES_SOURCES = "sales-sources"
    BANK_ACCOUNTS = "bank-accounts"
    COURIER_GROUPS = "courier-groups"
    COMPANY_CLASSES = "company-classes"
    ORDER_NUMBER_PREFIXES = "order-number-prefixes"


@dataclass(frozen=True, slots=True)
class ListFacts:
    """`noun`: an entry's name in the audit; `option`: the column of the (Global) list that points to it."""

    title: str
    word: Sentence
    noun: str
    option: str
    about: str
    name_at_most: int = 60


LISTS: Mapping[ListName, ListFacts] = {
    ListName.SALES_SOURCES: ListFacts(
        "Sales Sources",
        N_("sales source"),
        "SalesSource",
        "sales_source",
        "Where an order came from. It is stamped on every sales order and is the basis of reports.",
    ),
    ListName.BANK_ACCOUNTS: ListFacts(
        "Bank accounts",
        N_("bank account"),
        "BankAccount",
        "bank_account",
        "Where an order's money arrives. Amazon pays out in one currency for each account.",
    ),
    ListName.COURIER_GROUPS: ListFacts(
        "Courier Groups",
        N_("courier group"),
        "CourierGroup",
        "courier_group",
        "Courier services among which an order's own is chosen: by channel, service level, country and weight.",
    ),
    ListName.COMPANY_CLASSES: ListFacts(
        "Company classes",
        N_("company class"),
        "CompanyClass",
        "company_class",
        "A class of customers; customers created by an import get the class set in the channel's options.",
    ),
    ListName.ORDER_NUMBER_PREFIXES: ListFacts(
        "Order number prefixes",
        N_("order number prefix"),
        "OrderNumberPrefix",
        "order_number_prefix",
        "What the code of a sales order begins with. The number behind it counts on over all prefixes.",
        8,
    ),
}

_PREFIX = re.compile(r"[A-Z0-9-]*[A-Z-]")


def cleaned_name(which: ListName, name: str) -> str:
    """Without needless spaces; a prefix in capitals, as searches look for codes."""
    cleaned = " ".join(name.split())
    return cleaned.upper() if which is ListName.ORDER_NUMBER_PREFIXES else cleaned


def name_fault(which: ListName, name: str) -> str:
    """Why an entry cannot have this (cleaned) name; empty = it can."""
    facts = LISTS[which]
    if not name:
        return f"Give the {facts.word} a name."
    if len(name) > facts.name_at_most:
        return f"The name has {len(name)} characters; at most {facts.name_at_most} fit. Shorten it."
    if not name.isprintable():
        return "The name contains a control character. Remove it."
    if "<" in name or ">" in name:
        return "The name must not contain < or >. Remove them."
    if which is ListName.ORDER_NUMBER_PREFIXES and not _PREFIX.fullmatch(name):
        return (
            "A prefix may contain only letters A to Z, digits and -, and must not end in a digit: a number follows it."
        )
    return ""
