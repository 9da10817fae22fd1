"""Prime orders that a seller ships: whether their labels are bought from Amazon, as each marketplace is set. Pure.

Amazon judges sellers' own Prime shipping by its results nearly everywhere, and wants most labels of some marketplaces
bought from it (developer-docs and help pages differ by country and year): hence a setting, and no rule of ours.
"""

from collections.abc import Collection

from wharfinger.domain.labels import Labelled
from wharfinger.domain.sentences import N_
from wharfinger.domain.shipping.connections import CAPABILITIES, ConnectionKind
from wharfinger.domain.shipping.dispatching import Stays

PROGRAM = "PRIME"


class PrimeLabels(Labelled):
    """What becomes of a Prime order whose label is not bought from Amazon."""

    PREFER = "prefer", "Preferred"
    WARN = "warn", "Warned about"
    REQUIRE = "require", "Required"


FIRST = (PrimeLabels.PREFER, PrimeLabels.REQUIRE)
"""Where Prime orders get a service that buys from Amazon before the courier rules are looked at."""


def in_force(setting: PrimeLabels, country: str) -> PrimeLabels | None:
    """Of a marketplace; None where Amazon sells no labels for its orders."""
    return setting if country in CAPABILITIES[ConnectionKind.AMAZON].countries else None


def is_prime(programs: Collection[str] | None) -> bool:
    return PROGRAM in (programs or ())


def is_warned_about(programs: Collection[str] | None, setting: PrimeLabels | None, *, from_amazon: bool) -> bool:
    """People see that the label is not Amazon's; nothing is held up."""
    return is_prime(programs) and setting is PrimeLabels.WARN and not from_amazon


def why_prime_stays(
    programs: Collection[str] | None,
    setting: PrimeLabels | None,
    typed: str,
    *,
    marketplace: str,
    from_amazon: bool,
    from_courier: bool,
    confirmed: bool,
) -> Stays | None:
    """Why a parcel may not leave so; None = it may. `from_courier`: its label was bought here, of another courier.

    A number that somebody typed may be of a label bought in Seller Central: a person's word is enough.
    """
    if not is_prime(programs) or setting is not PrimeLabels.REQUIRE or from_amazon:
        return None
    if from_courier or not typed.strip():
        return Stays(_REQUIRED, "service_id", {"marketplace": marketplace})
    if confirmed:
        return None
    return Stays(
        N_("%(doubt)s If it is right, tick “The number is right”."),
        "number_confirmed",
        {
            "doubt": f"This is a Prime order, and {marketplace} requires labels bought from Amazon: the number must be "
            "of one bought in Seller Central."
        },
    )


def why_no_other_label(
    programs: Collection[str] | None, setting: PrimeLabels | None, *, marketplace: str
) -> Stays | None:
    """Why no label is bought from another courier than Amazon; None = one may be."""
    if not is_prime(programs) or setting is not PrimeLabels.REQUIRE:
        return None
    return Stays(_REQUIRED, "service_id", {"marketplace": marketplace})


_REQUIRED = N_(
    "This is a Prime order, and %(marketplace)s requires labels bought from Amazon. Choose a service that buys from "
    "Amazon and press “Buy label”; an administrator changes that under Settings, Labels of Prime orders."
)
