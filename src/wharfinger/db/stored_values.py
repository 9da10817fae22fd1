"""Columns of text that hold values of the domain: rows, filters and answers of queries speak in the values alone."""

from typing import TYPE_CHECKING, Any

from django.db import models

from wharfinger.domain.installation.subjects import (
    AlertKey,
    Subject,
    read_alert_key,
    read_subject,
    write_alert_key,
    write_subject,
)
from wharfinger.domain.orders.waits_for import WaitsFor, read_waits_for, write_waits_for

if TYPE_CHECKING:
    _Text = models.CharField[Any, Any]
else:
    _Text = models.CharField


class _Written(_Text):
    """A value that is written to text and read back."""

    write: Any
    read: Any

    def deconstruct(self) -> Any:
        """In migrations it is text: a data step reads what is stored, whatever the values are by then."""
        name, _, args, options = super().deconstruct()
        return name, "django.db.models.CharField", args, options

    def to_python(self, value: Any) -> Any:
        return self.read(value) if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> Any:
        return self.write(value)

    def from_db_value(self, value: str | None, expression: object, connection: object) -> Any:
        return None if value is None else self.read(value)

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.write(self.value_from_object(obj)))


class SubjectField(_Written):
    """What a problem or an alert is about."""

    if TYPE_CHECKING:  # what django-stubs reads to know the types of values set and got
        _pyi_private_set_type: Subject  # type: ignore[assignment]  # a value, not the text
        _pyi_private_get_type: Subject  # type: ignore[assignment]  # a value, not the text

    write, read = staticmethod(write_subject), staticmethod(read_subject)


class AlertKeyField(_Written):
    """What an alert is raised once for."""

    if TYPE_CHECKING:  # what django-stubs reads to know the types of values set and got
        _pyi_private_set_type: AlertKey  # type: ignore[assignment]  # a value, not the text
        _pyi_private_get_type: AlertKey  # type: ignore[assignment]  # a value, not the text

    write, read = staticmethod(write_alert_key), staticmethod(read_alert_key)


class WaitsForField(_Written):
    """What an imported order waits for; None (kept as empty text) = nothing that we could bring about."""

    if TYPE_CHECKING:  # what django-stubs reads to know the types of values set and got
        _pyi_private_set_type: WaitsFor | None  # type: ignore[assignment]  # a value, not the text
        _pyi_private_get_type: WaitsFor | None  # type: ignore[assignment]  # a value, not the text

    write, read = staticmethod(write_waits_for), staticmethod(read_waits_for)

    def get_default(self) -> WaitsFor | None:
        """A new row waits for nothing; Django would give it the empty text."""
        return None
