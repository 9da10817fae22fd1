"""The small lists of Settings: add, rename, archive, restore, delete. What was used is archived, never deleted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from wharfinger.db.models import (
    BankAccount,
    CompanyClass,
    CourierGroup,
    OrderNumberPrefix,
    SalesSource,
    User,
)
from wharfinger.db.queries.installation.small_lists import used_by
from wharfinger.domain.currencies import CURRENCIES
from wharfinger.domain.installation.lists import LISTS, ListName, cleaned_name, name_fault
from wharfinger.operations.installation._history_steps import record_audit
from wharfinger.operations.refusals import Refused
from wharfinger.operations.transaction import operation

Entry = SalesSource | BankAccount | CourierGroup | CompanyClass | OrderNumberPrefix
MODELS: Mapping[ListName, type[Entry]] = {
    ListName.SALES_SOURCES: SalesSource,
    ListName.BANK_ACCOUNTS: BankAccount,
    ListName.COURIER_GROUPS: CourierGroup,
    ListName.COMPANY_CLASSES: CompanyClass,
    ListName.ORDER_NUMBER_PREFIXES: OrderNumberPrefix,
}


@dataclass(frozen=True, slots=True)
class ListEntry:
    """What a person entered. `currency`: bank accounts only; empty = any."""

    name: str
    currency: str = ""


@operation
def add_entry(which: ListName, entry: ListEntry, *, now: datetime, user: User) -> int:
    """Returns the new entry's id."""
    row = MODELS[which]()
    _write(which, row, entry)
    record_audit("create", LISTS[which].noun, row.pk, before=None, after=_facts(row), now=now, user=user)
    return int(row.pk)


@operation
def rename_entry(which: ListName, entry_id: int, entry: ListEntry, *, now: datetime, user: User) -> None:
    """Orders that hold the entry show its new name; codes that were given with an old prefix stay as they are."""
    row = _locked(which, entry_id)
    before = _facts(row)
    _write(which, row, entry)
    record_audit("rename", LISTS[which].noun, row.pk, before=before, after=_facts(row), now=now, user=user)


@operation
def archive_entry(which: ListName, entry_id: int, *, now: datetime, user: User) -> str:
    """It is offered no more; whatever holds it keeps it. Returns its name."""
    return _set_archived(which, entry_id, True, now, user)


@operation
def restore_entry(which: ListName, entry_id: int, *, now: datetime, user: User) -> str:
    return _set_archived(which, entry_id, False, now, user)


@operation
def delete_entry(which: ListName, entry_id: int, *, now: datetime, user: User) -> str:
    """Only what was never used. Returns its name."""
    row = _locked(which, entry_id)
    used = used_by(which, entry_id)
    if used:
        raise Refused(
            "“%(row)s” cannot be deleted: %(used)s Archive it instead; it is then no longer offered.",
            row=row.name,
            used=used,
        )
    record_audit("delete", LISTS[which].noun, row.pk, before=_facts(row), after=None, now=now, user=user)
    name = row.name
    try:
        with transaction.atomic():
            row.delete()
    except ProtectedError as error:  # somebody chose it this very moment
        raise Refused("“%(name)s” has just come into use. Archive it instead.", name=name) from error
    return name


def _locked(which: ListName, entry_id: int) -> Entry:
    row: Entry | None = MODELS[which]._default_manager.select_for_update().filter(pk=entry_id).first()
    if row is None:
        raise Refused("This %(word)s no longer exists. Open the list again.", word=LISTS[which].word)
    return row


def _write(which: ListName, row: Entry, entry: ListEntry) -> None:
    row.name = cleaned_name(which, entry.name)
    fault = name_fault(which, row.name)
    if fault:
        raise Refused(fault, "name")
    if isinstance(row, BankAccount):
        row.currency = _currency(entry)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "_once" not in str(error):
            raise
        raise _twice(which, row.name) from error


def _currency(entry: ListEntry) -> str:
    code = entry.currency.strip().upper()
    if code and code not in CURRENCIES:
        raise Refused(
            "“%(code)s” is not a currency. Give its three letters, such as GBP, EUR or USD.", "currency", code=code[:20]
        )
    return code


def _twice(which: ListName, name: str) -> Refused:
    twin = MODELS[which]._default_manager.filter(name__iexact=name).first()
    held, word = twin.name if twin else name, LISTS[which].word
    if twin is not None and twin.archived:
        return Refused(
            "There is an archived %(word)s “%(name)s”. Restore it, or choose another name.",
            "name",
            word=word,
            name=held,
        )
    return Refused("There is a %(word)s “%(name)s” already. Choose another name.", "name", word=word, name=held)


def _set_archived(which: ListName, entry_id: int, archived: bool, now: datetime, user: User) -> str:
    row = _locked(which, entry_id)
    if row.archived != archived:
        row.archived = archived
        row.save(update_fields=["archived"])
        record_audit(
            "archive" if archived else "restore",
            LISTS[which].noun,
            row.pk,
            before={"archived": str(not archived)},
            after={"archived": str(archived)},
            now=now,
            user=user,
        )
    return row.name


def _facts(row: Entry) -> dict[str, str]:
    facts = {"name": row.name, "archived": str(row.archived)}
    if isinstance(row, BankAccount):
        facts["currency"] = row.currency
    return facts
