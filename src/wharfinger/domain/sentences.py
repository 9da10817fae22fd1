"""Sentences of pages that stand where no language is known yet."""


class Sentence(str):
    """One that is in the catalogues, or a piece of one: whoever shows it translates it, as a value of another, too."""

    __slots__ = ()


def N_(text: str) -> Sentence:
    """Marks a sentence for the catalogues and gives it back as it is; whoever shows it translates it then."""
    return Sentence(text)
