"""A person's passkeys, beside the authenticator app: a key of a telephone, computer or stick, shown in its place.

A passkey is bound to the host name at which it was made, its answer to one challenge that the session keeps: it can be
neither typed at a false page nor shown twice. Rows are allauth's, of its kind WEBAUTHN; fido2 judges what a browser
sends. Only public keys are kept.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from wharfinger.db.models import User
from wharfinger.operations.installation._history_steps import record_audit
from wharfinger.operations.refusals import Refused
from wharfinger.operations.transaction import operation

MOST = 10
_KIND = Authenticator.Type.WEBAUTHN
_NO_ANSWER = (ValueError, TypeError, KeyError, IndexError, AttributeError, struct.error)
"""What fido2 says of bytes that no browser sends."""
_NOT_ACCEPTED = "The browser's answer was not accepted. Try again, and finish within five minutes."


@dataclass(frozen=True, slots=True)
class Place:
    """Where the person has the page open: `host` without a port, `origin` as browsers write it."""

    host: str
    origin: str


@dataclass(frozen=True, slots=True)
class Challenge:
    """`options`: for the browser, as JSON; `state`: for the session, until the answer comes."""

    options: Mapping[str, Any]
    state: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Shown:
    key: bytes
    counter: int


def ask_for_new(user: User, place: Place) -> Challenge:
    """What a browser makes a passkey from. A key that the person has already is not made a second one of."""
    entity = PublicKeyCredentialUserEntity(id=str(user.pk).encode(), name=user.username, display_name=str(user))
    options, state = _server(place).register_begin(
        user=entity,
        credentials=[credential for _, credential in _held(user.pk)],
        resident_key_requirement=ResidentKeyRequirement.DISCOURAGED,
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return Challenge(dict(options), state)


@operation
def add(
    user_id: int, *, name: str, answer: Mapping[str, Any], state: Mapping[str, Any], place: Place, now: datetime
) -> None:
    """Raises Refused for an answer that is not to this challenge or from another page, and without an app set up."""
    person = _locked(user_id)
    if not Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists():
        raise Refused("Set up an authenticator app first: it is the way in when a passkey is lost.")
    if Authenticator.objects.filter(user=person, type=_KIND).count() >= MOST:
        raise Refused("You have %(most)s passkeys already: remove one first.", most=MOST)
    tidy = " ".join(name.split())[:60]
    if not tidy:
        raise Refused("Give the passkey a name by which you know it again.", "name")
    made = judge_new(answer, state, place)
    if made is None:
        raise Refused(_NOT_ACCEPTED)
    data = {"name": tidy, "credential": _as_json(answer), "counter": made.counter, "host": place.host}
    Authenticator.objects.create(user=person, type=_KIND, data=data)
    after = {"name": person.username, "passkey": tidy}
    record_audit("add passkey", "User", person.pk, before=None, after=after, now=now, user=person)


@operation
def remove(user_id: int, passkey_id: int, *, now: datetime) -> None:
    person = _locked(user_id)
    row = Authenticator.objects.filter(user=person, type=_KIND, pk=passkey_id).first()
    if row is None:
        raise Refused("This passkey is gone already.")
    before = {"name": person.username, "passkey": row.data["name"]}
    row.delete()
    record_audit("remove passkey", "User", person.pk, before=before, after=None, now=now, user=person)


def ask_for_one(user_id: int, place: Place) -> Challenge | None:
    """None where the person has no passkey of this host."""
    held = [credential for row, credential in _held(user_id) if row.data.get("host") == place.host]
    if not held:
        return None
    options, state = _server(place).authenticate_begin(held, user_verification=UserVerificationRequirement.PREFERRED)
    return Challenge(dict(options), state)


@operation
def prove(user_id: int, *, answer: Mapping[str, Any], state: Mapping[str, Any], place: Place) -> bool:
    """Whether the answer is that of a passkey of this person to this challenge, at this host.

    A key that counts its uses and now counts backwards was copied: it is refused.
    """
    person = _locked(user_id)
    held = _held(person.pk)
    shown = judge_shown(answer, state, place, [credential for _, credential in held])
    if shown is None:
        return False
    (row,) = (row for row, credential in held if credential.credential_id == shown.key)
    counter = shown.counter
    if (counter or row.data.get("counter")) and counter <= row.data.get("counter", 0):
        return False
    row.data = {**row.data, "counter": counter}
    row.save(update_fields=["data"])
    row.record_usage()
    return True


def judge_new(answer: Mapping[str, Any], state: Mapping[str, Any], place: Place) -> AuthenticatorData | None:
    """What a browser made, if it is to this challenge and of this page; whatever else it is: None."""
    try:
        return _server(place).register_complete(state, RegistrationResponse.from_dict(answer))
    except _NO_ANSWER:
        return None


def judge_shown(
    answer: Mapping[str, Any], state: Mapping[str, Any], place: Place, keys: Sequence[AttestedCredentialData]
) -> Shown | None:
    """Which of the keys signed this challenge at this page; whatever else it is: None."""
    try:
        shown = AuthenticationResponse.from_dict(answer)
        used = _server(place).authenticate_complete(state, keys, shown)
        return Shown(used.credential_id, shown.response.authenticator_data.counter)
    except _NO_ANSWER:
        return None


def _server(place: Place) -> Fido2Server:
    entity = PublicKeyCredentialRpEntity(id=place.host, name="Wharfinger")
    return Fido2Server(entity, verify_origin=lambda origin: origin == place.origin)


def _held(user_id: int) -> list[tuple[Authenticator, AttestedCredentialData]]:
    rows = Authenticator.objects.filter(user_id=user_id, type=_KIND).order_by("pk")
    return [(row, _credential(row)) for row in rows]


def _credential(row: Authenticator) -> AttestedCredentialData:
    kept = RegistrationResponse.from_dict(row.data["credential"]).response.attestation_object.auth_data.credential_data
    assert isinstance(kept, AttestedCredentialData)  # it was there when it was accepted
    return kept


def _as_json(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Of what a browser sends, what fido2 reads: nothing else of a stranger's is kept."""
    response = {key: answer["response"][key] for key in ("clientDataJSON", "attestationObject")}
    return {"id": answer["id"], "rawId": answer["rawId"], "type": answer["type"], "response": response}


def _locked(user_id: int) -> User:
    person: User = User.objects.select_for_update(no_key=True).get(pk=user_id)
    return person
