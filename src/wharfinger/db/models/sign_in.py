from django.db import models

from wharfinger.db.encryption import keyed_hash
from wharfinger.db.fields import EnumField
from wharfinger.domain.installation.sign_in import LimitKind


class SignInLimit(models.Model):
    """Failed attempts to sign in, in a row, for one name, address or browser. Machine time.

    What was typed or came by the wire is kept as keyed hashes only: people type passwords into the wrong field.
    """

    kind = EnumField(LimitKind, max_length=10)
    subject_hash = models.CharField(max_length=64)
    name_hash = models.CharField(max_length=64, blank=True, db_index=True)  # of the name tried; empty for an address
    failures = models.PositiveIntegerField(default=0)
    tried_at = models.DateTimeField(db_index=True)
    paused_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "subject_hash"], name="one_sign_in_limit")]

    @staticmethod
    def hash_of_name(username: str) -> str:
        return keyed_hash("sign-in name", username)
