from django.db import models
from django.db.models import Q

from wharfinger.db.encryption import EncryptedText
from wharfinger.db.fields import EnumField
from wharfinger.domain.access.authorisation import ApplicationKind
from wharfinger.domain.channels.channel import AuthorisationOutcome, AuthorisationState, LinkState
from wharfinger.domain.marketplaces import Pool, Region
from wharfinger.domain.shipping.prime import PrimeLabels


class Marketplace(models.Model):
    """One Amazon marketplace. Seeded from `domain.marketplaces`; ids only Amazon knows are added."""

    id = models.CharField(primary_key=True, max_length=20)
    name = models.CharField(max_length=60)
    country = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    region = EnumField(Region, max_length=2)
    pool = EnumField(Pool, max_length=10)
    seller_central = models.CharField(max_length=100)
    time_zone = models.CharField(max_length=60, default="UTC")  # its days begin and end there
    proposed_zone = models.CharField(max_length=60, blank=True, default="")  # what its ship-by times say instead
    prime_labels = EnumField(PrimeLabels, max_length=10, default=PrimeLabels.WARN, db_default=PrimeLabels.WARN)

    def __str__(self) -> str:
        return self.name


class AmazonApplication(models.Model):
    """The retailer's own application at Amazon (Login with Amazon client and its secret)."""

    name = models.CharField(max_length=80, default="Wharfinger")
    application_id = models.CharField(max_length=120, unique=True)
    client_id = models.CharField(max_length=200)
    client_secret = EncryptedText()
    secret_last_four = models.CharField(max_length=4)
    secret_set_at = models.DateTimeField()
    secret_expires_on = models.DateField(null=True)  # 180 days after it was made, or as Amazon says
    kind = EnumField(
        ApplicationKind, max_length=10, default=ApplicationKind.UNLISTED
    )  # the default is what those of before were used as: with a consent page
    is_draft = models.BooleanField(default=True)
    regions = models.JSONField(default=list)  # of Region; empty = every region
    roles = models.JSONField(default=list)  # those that it has at Amazon, by name; empty = the ones we ask for
    redirect_uri = models.CharField(max_length=300, blank=True)  # empty = our own address
    queue_url = models.CharField(max_length=300, blank=True)  # SQS: where Amazon sends the rotated secret
    queue_region = models.CharField(max_length=30, blank=True)
    queue_key_id = models.CharField(max_length=60, blank=True)
    queue_secret = EncryptedText(blank=True, default="")
    queue_last_four = models.CharField(max_length=4, blank=True)
    rotation_requested_at = models.DateTimeField(null=True)  # open until the new secret has come
    rotation_called_at = models.DateTimeField(null=True)  # one call for each press of the button
    rotation_error = models.TextField(blank=True)
    rotated_at = models.DateTimeField(null=True)
    old_secret_works_until = models.DateTimeField(null=True)


class SellerAccount(models.Model):
    """One Amazon selling account in one region: the authorisation, the API budget, the order cursor."""

    name = models.CharField(max_length=80)
    region = EnumField(Region, max_length=2)
    seller_id = models.CharField(max_length=30, blank=True)  # empty until authorised or typed
    application = models.ForeignKey(AmazonApplication, on_delete=models.PROTECT, null=True, related_name="accounts")
    refresh_token = EncryptedText(blank=True, default="")
    token_last_four = models.CharField(max_length=4, blank=True)
    token_set_at = models.DateTimeField(null=True)
    token_expiry = models.DateField(null=True)
    link_state = EnumField(LinkState, max_length=30, default=LinkState.WAITING)
    link_error = models.TextField(blank=True)
    lost_at = models.DateTimeField(null=True)
    probed_at = models.DateTimeField(null=True)  # while lost: when Amazon was last tried again
    participations_read_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["region", "seller_id"],
                condition=~Q(seller_id=""),
                name="one_account_for_a_seller_and_region",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Participation(models.Model):
    """Whether a seller account takes part in a marketplace, as getMarketplaceParticipations said."""

    account = models.ForeignKey(SellerAccount, on_delete=models.CASCADE, related_name="participations")
    marketplace = models.ForeignKey(Marketplace, on_delete=models.PROTECT)
    store_name = models.CharField(max_length=120, blank=True)
    participating = models.BooleanField()
    suspended_listings = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "marketplace"], name="one_participation")]


class AuthorisationAttempt(models.Model):
    """One press of Authorise: state single use, bound to the session, ten minutes (machine time)."""

    state_hash = models.CharField(max_length=64, unique=True)
    session_hash = models.CharField(max_length=64)
    channel = models.ForeignKey("wharfinger.Channel", on_delete=models.CASCADE, related_name="authorisations")
    user = models.ForeignKey("wharfinger.User", on_delete=models.PROTECT)
    state = EnumField(AuthorisationState, max_length=20, default=AuthorisationState.OPEN)
    opened_at = models.DateTimeField()  # machine time
    returned_at = models.DateTimeField(null=True)  # machine time
    code = EncryptedText(blank=True, default="")
    seller_id = models.CharField(max_length=30, blank=True)
    outcome = EnumField(  # why it ended as it did; each has its own page
        AuthorisationOutcome, max_length=20, blank=True, default=""
    )
    redirect_uri = models.CharField(max_length=300)
    exchanges = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)


class RateBudget(models.Model):
    """One token bucket for (seller account, operation), shared by all processes. Times are trade time."""

    account = models.ForeignKey(SellerAccount, on_delete=models.CASCADE, related_name="budgets")
    operation = models.CharField(max_length=60)
    rate = models.DecimalField(max_digits=12, decimal_places=6)  # tokens a second
    burst = models.DecimalField(max_digits=12, decimal_places=4)
    tokens = models.DecimalField(max_digits=18, decimal_places=8)
    counted_at = models.DateTimeField()
    calls = models.PositiveBigIntegerField(default=0)
    refused = models.PositiveBigIntegerField(default=0)
    blocked_until = models.DateTimeField(null=True)  # after a 429 that was none of our doing
    refusals = models.PositiveIntegerField(default=0)  # 429s in a row, halved by each success
    pressure = models.DecimalField(max_digits=10, decimal_places=6, default=0)  # 429s lately, fading with each call
    share = models.DecimalField(max_digits=5, decimal_places=4, default=1)  # of the rate: the part that we use
    throttled_since = models.DateTimeField(null=True)  # the first 429 since a call was answered

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "operation"], name="one_budget")]
