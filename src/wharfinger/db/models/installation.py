from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.functions import RandomUUID
from django.db import models

from wharfinger.db.fields import EnumField
from wharfinger.domain.csv_cells import DecimalSign
from wharfinger.domain.installation.languages import Language
from wharfinger.domain.installation.people import Right, Role, may
from wharfinger.domain.installation.running_shop import ShopState


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username__iexact=username)


class User(AbstractBaseUser):
    """A person who signs in. Roles decide what the pages offer; there are no shared log-ins."""

    username = models.CharField(max_length=150, unique=True)
    full_name = models.CharField(max_length=150, blank=True)
    email = models.EmailField(blank=True)
    role = EnumField(Role, max_length=20)
    is_active = models.BooleanField(default=True)
    time_zone = models.CharField(max_length=60, default="Europe/London")
    theme = models.CharField(max_length=10, default="auto")
    decimal_sign = EnumField(
        DecimalSign, max_length=10, default=DecimalSign.POINT, db_default=DecimalSign.POINT
    )  # in exported files
    language = EnumField(Language, max_length=10, default=Language.ENGLISH_UK, db_default=Language.ENGLISH_UK)
    changed_rights = models.JSONField(default=dict, db_default={})  # beside the role: `Changes`

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["full_name"]

    def __str__(self) -> str:
        return self.full_name or self.username

    def may(self, right: Right) -> bool:
        return may(self.role, right, self.changed_rights)


class SetupLink(models.Model):
    """The one-time link for the first administrator; only its hash is kept."""

    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()  # machine time
    used_at = models.DateTimeField(null=True)


class RunningShop(models.Model):
    """The one row that says how far a demo system's running shop is; no row = none was started."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    state = EnumField(ShopState, max_length=10)
    step = models.PositiveSmallIntegerField(default=0)  # of domain.running_shop.STEPS, the one under way
    days = models.PositiveSmallIntegerField(default=0)  # of trade that have gone by
    error = models.TextField(blank=True)
    user = models.ForeignKey("wharfinger.User", on_delete=models.PROTECT, related_name="+")
    began_at = models.DateTimeField()  # machine time
    ended_at = models.DateTimeField(null=True)  # machine time

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_running_shop")]


class Installation(models.Model):
    """The one row that says what this installation is."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    system = models.CharField(max_length=10)  # live | demo
    made_at = models.DateTimeField()
    uid = models.UUIDField(db_default=RandomUUID())  # of this installation, and of no other
    live_place = models.CharField(max_length=80, blank=True, default="", db_default="")  # where this is the live one
    shadow_since = models.DateTimeField(null=True)  # machine time: restored then, and not said to be the live one yet
    restored_from = models.CharField(max_length=200, blank=True, default="", db_default="")  # the backup's name
    next_invoice = models.PositiveBigIntegerField(default=1)
    pending_reservation_days = models.PositiveSmallIntegerField(default=7)
    preorders_reserve = models.BooleanField(default=False, db_default=False)  # units of goods that are not out yet
    personal_data_days = models.PositiveSmallIntegerField(default=30, db_default=30)  # after delivery; at most 30
    undo_minutes = models.PositiveSmallIntegerField(default=2, db_default=2)  # a confirmation waits so long
    words_wanted_to = models.BigIntegerField(default=0, db_default=0)  # orders up to this id came before search words
    words_filled_to = models.BigIntegerField(default=0, db_default=0)  # and up to this one they have them

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="one_installation"),
            models.CheckConstraint(
                condition=models.Q(personal_data_days__range=(1, 30)), name="personal_data_is_kept_30_days_at_most"
            ),
            models.CheckConstraint(condition=models.Q(undo_minutes__lte=30), name="undo_lasts_30_minutes_at_most"),
        ]


class PrivacyProof(models.Model):
    """The one row that says what held personal data when it was last counted. Trade time."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    counted_at = models.DateTimeField(null=True)
    places = models.JSONField(default=list)  # as `db.queries.orders.privacy.proof.write_place` writes them
    erased = models.PositiveIntegerField(default=0)  # sales orders without personal data
    wanted_at = models.DateTimeField(null=True)  # a person wants it counted anew
