"""Columns that hold one of an enum's values: the row has the text, the program the member."""

from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.query_utils import DeferredAttribute

_Set = TypeVar("_Set", contravariant=True)
_Get = TypeVar("_Get", covariant=True)
_Member = TypeVar("_Member", bound=StrEnum)

if TYPE_CHECKING:
    _Text = models.CharField
else:

    class _Text(models.CharField):
        def __class_getitem__(cls, _types: object) -> type:
            return cls


class UnknownValue(ValueError):
    """A column holds, or is to hold, a text that is no value of its enum; names the column and the text."""


class _MemberAttribute(DeferredAttribute):
    """Whatever a row is given becomes the member at once, so that `is` and `match` hold before it is saved too.

    The empty text passes: Django gives it to a row without a value yet. It is refused when the row is saved.
    """

    def __set__(self, row: models.Model, value: Any) -> None:
        row.__dict__[self.field.attname] = value and self.field.member(value)  # type: ignore[attr-defined]


class EnumField(_Text[_Set, _Get]):
    """Stores the value of a member of `members`, and gives the member; with `blank`, the empty text is nobody.

    Every way to the rows gives members: an attribute, `values`, `values_list`, `Min`. A text that is no value raises
    `UnknownValue`: a version to come may have written it, and what it means here nobody knows.
    """

    descriptor_class = _MemberAttribute

    @overload
    def __init__(
        self: "EnumField[_Member | models.expressions.Combinable, _Member]",
        members: type[_Member],
        *,
        max_length: int,
        default: _Member = ...,
        db_default: _Member = ...,
    ) -> None: ...

    @overload
    def __init__(
        self: "EnumField[_Member | Literal[''] | models.expressions.Combinable, _Member | Literal['']]",
        members: type[_Member],
        *,
        max_length: int,
        blank: Literal[True],
        default: _Member | Literal[""] = ...,
        db_default: _Member | Literal[""] = ...,
    ) -> None: ...

    def __init__(self, members: Any, **options: Any) -> None:
        self.members = members
        super().__init__(**options)

    def clone(self) -> Any:
        _, _, _, options = super().deconstruct()
        own: Any = type(self)  # mypy's plugin for Django fails at a field that is made in a field's class
        return own(self.members, **options)

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        """As a column of text: a migration knows nothing of an enum, which moves and grows without any."""
        name, _, args, options = super().deconstruct()
        plain = {key: str(value) if isinstance(value, StrEnum) else value for key, value in options.items()}
        return name, "django.db.models.CharField", args, plain

    def member(self, value: Any) -> Any:
        """The member of a value. Expressions, None and values that are deferred pass."""
        if isinstance(value, self.members) or not isinstance(value, str) or (self.blank and value == ""):
            return value
        try:
            return self.members(value)
        except ValueError:
            raise UnknownValue(self._message_for(value)) from None

    def from_db_value(self, value: str | None, expression: object, connection: object) -> Any:
        return self.member(value)

    def to_python(self, value: Any) -> Any:
        try:
            return self.member(value)
        except UnknownValue as error:
            raise ValidationError(str(error)) from error

    def get_prep_value(self, value: Any) -> Any:
        """For a lookup: a text that is no value (typed into an address, say) is found in no row."""
        found = super(models.CharField, self).get_prep_value(value)
        return str(found) if isinstance(found, str) else found

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """For a row: a text that is no value is never written."""
        return super().get_db_prep_save(self.member(value), connection)

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.value_from_object(obj))

    def _message_for(self, value: str) -> str:
        column = f"{self.model._meta.db_table}.{self.column}" if hasattr(self, "model") else self.name or "a column"
        known = ", ".join(f"“{each}”" for each in self.members)
        return (
            f"{column} holds “{value}”, which this version of Wharfinger does not know (it knows {known}). A newer "
            "version may have written it: start that one, or restore the backup that was made before it."
        )
