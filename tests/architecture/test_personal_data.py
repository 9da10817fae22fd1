"""Every column of text is known: a buyer's, a secret, of who works here, or of nobody. A new one must be said here."""

from django.apps import apps
from django.db import models

from wharfinger.db import personal_data
from wharfinger.db.encryption import EncryptedBytes, EncryptedJson, EncryptedText
from wharfinger.db.fields import EnumField
from wharfinger.domain.orders.privacy.erasing import KEPT_DAYS

_TEXTS = (models.CharField, models.TextField, models.JSONField, models.BinaryField)


def columns(kinds):
    return {
        (model.__name__, field.column)
        for model in apps.get_app_config("wharfinger").get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, kinds) and not isinstance(field, EnumField) and not field.is_relation
    }


def pairs(mapping):
    return {(model, name) for model, names in mapping.items() for name in names}


PERSONAL = set().union(*(pairs(place.columns) for place in personal_data.PLACES))
SECRETS, OF_THE_SHOP = pairs(personal_data.SECRETS), pairs(personal_data.OF_THE_SHOP)
OF_NOBODY = {(model, name) for model, names in personal_data.SAYS_NO_PERSON.items() for name in names.split()}


def test_every_column_of_text_is_listed_once():
    listed = [*PERSONAL, *SECRETS, *OF_THE_SHOP, *OF_NOBODY]
    assert len(listed) == len(set(listed))
    unlisted = columns(_TEXTS) - set(listed)
    assert not unlisted, "Say in db/personal_data.py whose data they hold, and erase it if it is a buyer's"
    assert set(listed) - columns(_TEXTS) == {("SearchWord", "hash")}  # a number


def test_what_is_encrypted_is_personal_or_a_secret():
    encrypted = columns((EncryptedText, EncryptedJson, EncryptedBytes))
    assert encrypted <= PERSONAL | SECRETS
    assert not encrypted & OF_NOBODY


def test_a_month_is_the_longest_that_anything_is_kept():
    assert (KEPT_DAYS[0], KEPT_DAYS[-1]) == (1, 30)
