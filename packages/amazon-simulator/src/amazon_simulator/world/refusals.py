"""What the world does not allow."""


class NotPossible(Exception):
    """The world does not allow it; the message names the field and the remedy."""


class SoldOut(NotPossible):
    """It cannot be bought now: not enough is left, or it is not for sale."""
