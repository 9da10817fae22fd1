"""Stock profiles: named stock rules that items and channels share. Add, edit, copy, archive, restore, delete."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from wharfinger.db.models import StockProfile, User
from wharfinger.db.queries.stock.rules import values_of
from wharfinger.domain.stock.rules import RuleSubject, RuleValues
from wharfinger.operations.installation._history_steps import record_audit
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock._rule_steps import checked, keep_changes, notice_users, put
from wharfinger.operations.transaction import operation

_NOUN = "Stock profile"
NAME_AT_MOST = 60


@dataclass(frozen=True, slots=True)
class ProfileEntry:
    """What a person entered."""

    name: str
    values: RuleValues


@operation
def add_profile(entry: ProfileEntry, *, now: datetime, user: User) -> int:
    """Returns the new profile's id."""
    profile = StockProfile(made_at=now)
    _write(profile, entry, now, user)
    record_audit("create", _NOUN, profile.pk, before=None, after=_facts(profile), now=now, user=user)
    return profile.pk


@operation
def edit_profile(profile_id: int, entry: ProfileEntry, *, version: int, now: datetime, user: User) -> int:
    """Every listing that it decides is worked out anew; returns how many. `version`: of the form that was filled in."""
    profile = _locked(profile_id)
    if profile.version != version:
        raise Refused(
            "Somebody else changed “%(name)s” meanwhile. Open it again, and enter your changes there.",
            name=profile.name,
        )
    before = _facts(profile)
    profile.version += 1
    _write(profile, entry, now, user)
    after = _facts(profile)
    if before == after:
        return 0
    record_audit("edit", _NOUN, profile.pk, before=before, after=after, now=now, user=user)
    unchanged = {**before, "name": ""} == {**after, "name": ""}
    return 0 if unchanged else notice_users(profile.pk, cause=f"Stock profile {profile.name} changed", now=now)


@operation
def copy_profile(profile_id: int, *, now: datetime, user: User) -> int:
    """A new one with the same values, which nothing uses yet. Returns its id."""
    original = _locked(profile_id)
    copy = StockProfile(made_at=now)
    _write(copy, ProfileEntry(_free_name(original.name), values_of(original)), now, user)
    record_audit("create", _NOUN, copy.pk, before=None, after=_facts(copy), now=now, user=user)
    return copy.pk


@operation
def set_archived(profile_id: int, archived: bool, *, now: datetime, user: User) -> str:
    """An archived one is offered no more; whatever uses it keeps it. Returns its name."""
    profile = _locked(profile_id)
    if profile.archived != archived:
        before = _facts(profile)
        profile.archived = archived
        profile.save(update_fields=["archived"])
        verb = "archive" if archived else "restore"
        record_audit(verb, _NOUN, profile.pk, before=before, after=_facts(profile), now=now, user=user)
    return profile.name


@operation
def delete_profile(profile_id: int, *, now: datetime, user: User) -> str:
    """Only one that nothing uses. Returns its name."""
    profile = _locked(profile_id)
    name, facts = profile.name, _facts(profile)
    try:
        with transaction.atomic():
            profile.delete()
    except ProtectedError as error:
        raise Refused(
            "“%(name)s” cannot be deleted: items, channels or handling times use it. Archive it instead; it is then no "
            "longer offered.",
            name=name,
        ) from error
    record_audit("delete", _NOUN, profile_id, before=facts, after=None, now=now, user=user)
    return name


def _locked(profile_id: int) -> StockProfile:
    profile = StockProfile.objects.select_for_update().filter(pk=profile_id).first()
    if profile is None:
        raise Refused("This stock profile no longer exists. Open the list again.")
    return profile


def _write(profile: StockProfile, entry: ProfileEntry, now: datetime, user: User) -> None:
    profile.name = " ".join(entry.name.split())
    if not profile.name:
        raise Refused("Give the profile a name, such as “Half, 2 kept back”.", "name")
    if len(profile.name) > NAME_AT_MOST or not profile.name.isprintable():
        raise Refused(
            "A name has at most %(at_most)s characters, all of them printable. Shorten it.",
            "name",
            at_most=NAME_AT_MOST,
        )
    put(profile, checked(entry.values))
    try:
        with transaction.atomic():
            profile.save()
    except IntegrityError as error:
        if "stock_profile_name_once" not in str(error):
            raise
        raise Refused(
            "There is a stock profile “%(name)s” already, perhaps an archived one. Choose another name.",
            "name",
            name=profile.name,
        ) from error
    setting = {"name": profile.name, **entry.values.as_stored()}
    keep_changes(RuleSubject.PROFILE, {profile.pk: setting}, now=now, user=user)


def _free_name(name: str) -> str:
    taken = {each.casefold() for each in StockProfile.objects.values_list("name", flat=True)}
    offers = (f"{name[: NAME_AT_MOST - 5]} ({number})" for number in range(2, len(taken) + 3))
    return next(each for each in offers if each.casefold() not in taken)


def _facts(profile: StockProfile) -> dict[str, Any]:
    return {"name": profile.name, "archived": str(profile.archived), **values_of(profile).as_stored()}
