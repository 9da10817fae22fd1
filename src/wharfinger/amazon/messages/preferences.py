"""What a buyer prefers, as the Orders API tells it: when and where to deliver, what to send instead."""

from decimal import Decimal

from wharfinger.amazon.messages.wire import Count, Message, PersonalMessage, check_number


class HourMinute(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    hour: Count | None = None
    minute: Count | None = None


class TimeWindow(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    start_time: HourMinute | None = None
    end_time: HourMinute | None = None


class BusinessHour(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """`day_of_week` SUN … SAT; hours are local to the address."""

    day_of_week: str | None = None
    time_windows: tuple[TimeWindow, ...] = ()


class ExceptionDate(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """`exception_date` is a date as Amazon writes it, `exception_date_type` CLOSED or OPEN."""

    exception_date: str | None = None
    exception_date_type: str | None = None
    time_windows: tuple[TimeWindow, ...] = ()


class PreferredDeliveryTime(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    business_hours: tuple[BusinessHour, ...] = ()
    exception_dates: tuple[ExceptionDate, ...] = ()


class DeliveryPreference(PersonalMessage, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    drop_off_location: str | None = None
    address_instruction: str | None = None
    delivery_time: PreferredDeliveryTime | None = None
    delivery_capabilities: tuple[str, ...] = ()


class Measurement(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    unit: str
    value: Decimal

    def __post_init__(self) -> None:
        check_number(self.value)


class SubstitutionOption(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    asin: str | None = None
    quantity_ordered: Count | None = None
    seller_sku: str | None = None
    title: str | None = None
    measurement: Measurement | None = None


class SubstitutionPreference(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    substitution_type: str | None = None
    substitution_options: tuple[SubstitutionOption, ...] = ()
