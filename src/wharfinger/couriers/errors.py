"""What can go wrong at a courier, and what to do then: every leaf carries its verdict.

    CourierError
    ├── Later                  later          nothing was bought, or it is not known (`outcome_unknown`)
    │   ├── Throttled                         429: nothing was done
    │   ├── NotReached                        nothing listened, or the line broke
    │   ├── ServerFault                       5xx, 408
    │   └── NotUnderstood                     HTML, broken JSON, an answer without what it must hold
    ├── Refused                never          this request, as it is, will not be taken
    │   ├── AddressRefused                    a part of the recipient's address
    │   ├── ServiceNotAvailable               the service code, the weight or the package format
    │   ├── NoMoney                           the account's balance or credit
    │   ├── NotThere                          no such order
    │   ├── OffersExpired                     what was offered is offered no more: get offers again
    │   └── RequestRefused                    anything else
    ├── AccessRefused          administrator
    │   ├── KeyRefused                        401: the API key is wrong or withdrawn
    │   └── NotAllowed                        403: the account may not use this
    └── OurBug                 our_bug        a request that HTTP or this library cannot send

`str()` holds the courier's own words. What the request said of a person is blanked in them, and the names of fields
stay without their values: the text goes into logs and rows.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar


class Verdict(StrEnum):
    """Try the same later, give this request up, have the connection's settings corrected, or fix the program."""

    LATER = "later"
    NEVER = "never"
    ADMINISTRATOR = "administrator"
    OUR_BUG = "our_bug"


_LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Said:
    """One error as the courier wrote it; `fields` are names alone."""

    message: str = ""
    code: str = ""
    fields: tuple[str, ...] = ()

    def __str__(self) -> str:
        """`InvalidServiceCode: The service code is not valid. [postageDetails.serviceCode]`"""
        words = ": ".join(part for part in (self.code, self.message) if part)
        return " ".join(part for part in (words, f"[{', '.join(self.fields)}]" if self.fields else "") if part)


def without(text: str, private: Iterable[str]) -> str:
    """The text on one line, at most 1,000 characters, with what the request said of a person blanked."""
    for part in sorted({part for part in private if len(part) > 2}, key=len, reverse=True):
        text = text.replace(part, "…")
    text = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"


class CourierError(Exception):
    """The root; only leaves are raised. `status` is None where no answer came.

    `outcome_unknown`: it may have been done all the same, so that whoever buys looks it up before buying again.
    """

    verdict: ClassVar[Verdict]
    advice: ClassVar[str]

    def __init__(
        self,
        call: str,
        *,
        status: int | None = None,
        said: Iterable[Said] = (),
        outcome_unknown: bool = False,
        private: Iterable[str] = (),
    ) -> None:
        super().__init__(call)
        private = tuple(private)
        self.call = call
        self.status = status
        self.said = tuple(Said(without(one.message, private), without(one.code, private), one.fields) for one in said)
        self.outcome_unknown = outcome_unknown

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that the courier names, each once."""
        return tuple(dict.fromkeys(field for one in self.said for field in one.fields))

    def summary(self) -> str:
        """The courier's own words with the status: `400 The service code is not valid. [serviceCode]`."""
        words = " | ".join(dict.fromkeys(text for text in map(str, self.said) if text))
        return " ".join(part for part in (str(self.status or "no answer"), words) if part)

    def __str__(self) -> str:
        said = self.summary()
        stop = "" if said.endswith((".", "!", "?", "…", "]")) else "."
        return f"{self.call}: {said}{stop} {self.advice}"


class Later(CourierError):
    verdict = Verdict.LATER
    advice = "Try again later."


class Throttled(Later):
    """429: more calls a second than the courier allows; nothing was done."""

    advice = "The courier limits the calls a second; wait, then try again."


class NotReached(Later):
    """Nothing listened at the address, or the line broke; with `outcome_unknown` after sending began."""

    advice = "No answer came; check the network, then try again."


class ServerFault(Later):
    """5xx or 408: the courier's own fault. An order may have been made all the same."""

    advice = "The courier has a fault of its own; try again later."


class NotUnderstood(Later):
    """HTML, JSON that does not parse, or an answer without what it must hold."""

    advice = "The answer could not be understood; try again later."


class Refused(CourierError):
    """Sent again unchanged it will be refused again. Nothing was bought."""

    verdict = Verdict.NEVER
    advice = "The courier refused the request."


class AddressRefused(Refused):
    advice = "The courier refused the address."


class ServiceNotAvailable(Refused):
    advice = "The courier does not offer this service for the parcel."


class NoMoney(Refused):
    advice = "The courier's account has no money or credit for it."


class NotThere(Refused):
    advice = "The courier does not know this order."


class OffersExpired(Refused):
    """At the first attempt of a purchase nothing was bought; at a repeat of one in doubt it proves nothing."""

    advice = "The courier's offers have expired; get them again."


class RequestRefused(Refused):
    pass


class AccessRefused(CourierError):
    """A matter of the account and its key: every other request fares the same."""

    verdict = Verdict.ADMINISTRATOR
    advice = "The courier refuses access."


class KeyRefused(AccessRefused):
    advice = "The courier does not accept the API key."


class NotAllowed(AccessRefused):
    advice = "The courier's account may not use this."


class OurBug(CourierError):
    """A request that cannot be sent as it is: an empty reference, a weight out of range, bad HTTP."""

    verdict = Verdict.OUR_BUG
    advice = "The request cannot be sent as it is."
