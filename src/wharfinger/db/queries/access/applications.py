"""The retailer's applications at Amazon as pages show them: no secrets."""

from dataclasses import dataclass
from datetime import date, datetime

from wharfinger.db.models import AmazonApplication, SellerAccount
from wharfinger.domain.access.authorisation import ApplicationKind
from wharfinger.domain.marketplaces import Region


@dataclass(frozen=True, slots=True)
class ApplicationFacts:
    id: int
    name: str
    application_id: str
    client_id: str
    secret_last_four: str
    secret_set_at: datetime
    secret_expires_on: date | None
    kind: ApplicationKind
    is_draft: bool
    regions: tuple[str, ...]
    roles: tuple[str, ...]
    redirect_uri: str
    queue_url: str
    queue_key_id: str
    queue_last_four: str
    rotation_requested_at: datetime | None
    rotation_error: str
    rotated_at: datetime | None
    old_secret_works_until: datetime | None
    accounts: tuple[str, ...]

    @property
    def region_names(self) -> str:
        return ", ".join(Region(region).title for region in self.regions) or "every region"

    @property
    def waits_for_secret(self) -> bool:
        return self.rotation_requested_at is not None and not self.rotation_error


def list_applications() -> tuple[ApplicationFacts, ...]:
    """The newest first."""
    return tuple(_facts(row) for row in AmazonApplication.objects.prefetch_related("accounts").order_by("-pk"))


def application_facts(application_pk: int) -> ApplicationFacts | None:
    row = AmazonApplication.objects.prefetch_related("accounts").filter(pk=application_pk).first()
    return None if row is None else _facts(row)


def application_by_id(application_id: str) -> ApplicationFacts | None:
    row = AmazonApplication.objects.filter(application_id=application_id).first()
    return None if row is None else _facts(row)


def application_of_account(account_id: int) -> ApplicationFacts | None:
    account = SellerAccount.objects.select_related("application").filter(pk=account_id).first()
    return _facts(account.application) if account is not None and account.application is not None else None


def application_of_region(region: str) -> ApplicationFacts | None:
    """The newest that serves the region: what a seller account that comes there is authorised through."""
    return next((row for row in list_applications() if not row.regions or region in row.regions), None)


def _facts(row: AmazonApplication) -> ApplicationFacts:
    held = sorted((one for one in row.accounts.all() if one.token_set_at is not None), key=lambda one: one.name)
    return ApplicationFacts(
        id=row.pk,
        name=row.name,
        application_id=row.application_id,
        client_id=row.client_id,
        secret_last_four=row.secret_last_four,
        secret_set_at=row.secret_set_at,
        secret_expires_on=row.secret_expires_on,
        kind=row.kind,
        is_draft=row.is_draft,
        regions=tuple(row.regions),
        roles=tuple(row.roles),
        redirect_uri=row.redirect_uri,
        queue_url=row.queue_url,
        queue_key_id=row.queue_key_id,
        queue_last_four=row.queue_last_four,
        rotation_requested_at=row.rotation_requested_at,
        rotation_error=row.rotation_error,
        rotated_at=row.rotated_at,
        old_secret_works_until=row.old_secret_works_until,
        accounts=tuple(one.name for one in held),
    )
