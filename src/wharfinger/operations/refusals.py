"""How an operation says no to a person."""


class Refused(Exception):
    """The input cannot be taken; nothing was written. The sentence names the remedy, `field` the field.

    A value in the sentence is named, `%(name)s`, and given by that name: the sentence is translated as a whole, and of
    its values those that are a `Sentence`, or another refusal, whose sentence then is a part of this one. The exception
    itself is English, for logs and the command line.
    """

    def __init__(self, sentence: str, field: str = "", /, **values: object) -> None:
        self.sentence = sentence
        self.values = values
        self.field = field
        self.message = sentence % values if values else sentence
        super().__init__(self.message)
