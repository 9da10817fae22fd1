"""How an operation says no to a person."""


class Refused(Exception):
    """The input cannot be taken; nothing was written. The message names the remedy, `field` the field."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field
