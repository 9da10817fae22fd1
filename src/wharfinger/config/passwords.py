"""What a password must be (Amazon's data protection policy: 12 characters, mixed kinds, no user name)."""

from typing import Protocol

from django.core.exceptions import ValidationError

_FEWEST_KINDS = 3


class _Named(Protocol):
    username: str


class MixedKinds:
    def validate(self, password: str, user: object | None = None) -> None:
        kinds = (
            any(letter.islower() for letter in password),
            any(letter.isupper() for letter in password),
            any(letter.isdigit() for letter in password),
            any(not letter.isalnum() for letter in password),
        )
        if sum(kinds) < _FEWEST_KINDS:
            raise ValidationError(self.get_help_text(), code="password_of_one_kind")

    def get_help_text(self) -> str:
        return "Use at least three of these kinds: small letters, capital letters, digits, other signs."


class WithoutKnownWords:
    """The user's name, and this product's: who guesses begins with them."""

    def validate(self, password: str, user: _Named | None = None) -> None:
        name, typed = getattr(user, "username", ""), password.casefold()
        if name and name.casefold() in typed:
            raise ValidationError("The password must not contain the user name.", code="password_with_user_name")
        if "wharfinger" in typed:
            raise ValidationError(self.get_help_text(), code="password_with_product_name")

    def get_help_text(self) -> str:
        return "The password must contain neither the user name nor “wharfinger”."
