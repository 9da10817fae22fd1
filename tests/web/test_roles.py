"""Who may do what on the pages of set-up: every address, every role, reading and changing."""

from dataclasses import replace

import pytest
from tests.factories.amazon_orders import line, order
from tests.factories.cast import Trading
from tests.factories.people import someone
from tests.sync.orders_world import World
from tests.web.wizard import begin

from wharfinger.db.models import Channel, SellerAccount, User
from wharfinger.domain.installation.people import Role
from wharfinger.web.views.channels import channel_edit, channel_life, channel_pages, first_import, new_channel, set_up
from wharfinger.web.views.installation import audit, users

pytestmark = pytest.mark.django_db
EDITORS = {Role.ADMINISTRATOR, Role.MANAGER}
ADMINISTRATORS = {Role.ADMINISTRATOR}
EVERYBODY = set(Role)

READ = {
    "/channels/": EVERYBODY,
    "/channels/export.csv": EVERYBODY,
    "/channels/{id}/": EVERYBODY,
    "/channels/{id}/products/": EVERYBODY,
    "/channels/{id}/products/export.csv": EVERYBODY,
    "/channels/{id}/stock/": EVERYBODY,
    "/channels/{id}/stock/export.csv": EVERYBODY,
    "/channels/{id}/stock/plan.csv": EVERYBODY,
    "/channels/{id}/orders/": EVERYBODY,
    "/channels/{id}/orders/export.csv": EVERYBODY,
    "/channels/{id}/shipping/": EVERYBODY,
    "/channels/{id}/shipping/export.csv": EVERYBODY,
    "/channels/{id}/feedback/": EVERYBODY,
    "/channels/{id}/feedback/export.csv": EVERYBODY,
    "/channels/{id}/activity/": EVERYBODY,
    "/channels/{id}/activity/export.csv": EVERYBODY,
    "/channels/new/": EDITORS,
    "/channels/new/fbm/": EDITORS,
    "/channels/new/draft/general/": EDITORS,
    "/channels/{id}/edit/": EDITORS,
    "/channels/{id}/more/": EDITORS,
    "/channels/{id}/delete/": EDITORS,
    "/channels/{id}/first-import/": EDITORS,
    "/channels/{id}/first-import/export.csv": EDITORS,
    "/channels/{id}/set-up/": EDITORS,
    "/channels/{id}/set-up/authorise/": EDITORS,
    "/channels/{id}/set-up/more/": EDITORS,
    "/channels/{id}/set-up/first-import/": EDITORS,
    "/channels/{id}/set-up/done/": EDITORS,
    "/channels/{id}/authorise/": EDITORS,
    "/settings/couriers/new/": EDITORS,
    "/settings/audit/": EDITORS,
    "/settings/audit/export.csv": EDITORS,
    "/settings/users/": ADMINISTRATORS,
    "/settings/users/new/": ADMINISTRATORS,
    "/settings/users/{user}/": ADMINISTRATORS,
}
CHANGE = {
    "/settings/users/{user}/unlock/": ADMINISTRATORS,
    "/channels/new/draft/checks/": EDITORS,
    "/channels/new/draft/general/": EDITORS,
    "/channels/new/draft/specific/": EDITORS,
    "/channels/new/draft/options/": EDITORS,
    "/channels/new/draft/save/": EDITORS,
    "/channels/{id}/edit/": EDITORS,
    "/channels/{id}/check/": EDITORS,
    "/channels/{id}/active-again/": EDITORS,
    "/channels/{id}/enable/": EDITORS,
    "/channels/{id}/more/": EDITORS,
    "/channels/{id}/first-import/": EDITORS,
    "/channels/{id}/stock/approve/": EDITORS,
    "/channels/{id}/authorise/": EDITORS,
    "/channels/{id}/archive/": EDITORS,
    "/channels/{id}/restore/": EDITORS,
    "/channels/{id}/delete/": EDITORS,
    "/channels/{id}/activate/": ADMINISTRATORS,
    "/settings/users/new/": ADMINISTRATORS,
    "/settings/users/{user}/": ADMINISTRATORS,
    "/settings/users/{user}/reset/": ADMINISTRATORS,
    "/settings/users/{user}/active/": ADMINISTRATORS,
    "/settings/users/{user}/rights/": ADMINISTRATORS,
    "/settings/users/{user}/second-factor/": ADMINISTRATORS,
}


@pytest.fixture
def world():
    made = Trading()
    SellerAccount.objects.update(refresh_token="Atzr|secret", token_last_four="cret", token_set_at=made.account.made_at)
    return made


def address_of(pattern, world, client, role):
    if "/draft/" in pattern:
        key = begin(client) if role in EDITORS else "anything"
        return pattern.replace("draft", key)
    other = User.objects.get_or_create(username="zoe", defaults={"full_name": "Zoe Viewer", "role": "viewer"})[0]
    return pattern.format(id=world.fbm.pk, user=other.pk)


def stored(but=None):
    """Channels and people as they are; `but`: without those whom the test made."""
    made = [but.value.lower(), "zoe"] if but else []
    people = User.objects.exclude(username__in=made).order_by("pk").values("role", "is_active")
    return list(Channel.objects.order_by("pk").values()), list(people)


@pytest.mark.parametrize("role", Role)
def test_a_page_opens_for_those_who_may_read_it(world, sign_in, role):
    client = sign_in(role)
    opened = {pattern: client.get(address_of(pattern, world, client, role)).status_code for pattern in READ}
    refused = {pattern for pattern, status in opened.items() if status == 403}
    assert refused == {pattern for pattern, roles in READ.items() if role not in roles}
    assert {status for status in opened.values() if status != 403} <= {200, 302}


@pytest.mark.parametrize("role", [role for role in Role if role not in ADMINISTRATORS])
def test_a_change_is_refused_to_others_with_whom_to_ask_and_changes_nothing(world, sign_in, role):
    someone(Role.ADMINISTRATOR)
    before = stored()
    client = sign_in(role)
    answers = {}
    for pattern, roles in CHANGE.items():
        if role in roles:
            continue
        address = address_of(pattern, world, client, role)
        answer = client.post(address, {"name": "Stolen", "enabled": "off", "active": "off", "go": "start"})
        answers[pattern] = (answer.status_code, "Anna Administrator (Administrator)" in answer.content.decode())
    assert answers == {pattern: (403, True) for pattern, roles in CHANGE.items() if role not in roles}
    assert stored(but=role) == before


def test_nobody_gets_in_without_signing_in(world, client):
    for pattern in [*READ, *CHANGE]:
        address = pattern.replace("draft", "x").format(id=world.fbm.pk, user=1)
        answer = client.get(address) if pattern in READ else client.post(address)
        assert (answer.status_code, answer["Location"].startswith("/sign-in/")) == (302, True), pattern


@pytest.mark.parametrize("role", [role for role in Role if role not in EDITORS])
def test_who_may_not_see_credentials_sees_none_on_any_page_of_a_channel(world, sign_in, role):
    world.fbm.checks.create(position=0, title="Seller ID", ok=True, message="The token belongs to A2HARBOUREULTD1.")
    client = sign_in(role)
    for pattern, roles in READ.items():
        if role not in roles:
            continue
        answer = client.get(pattern.format(id=world.fbm.pk, user=1))
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert b"A2HARBOUREULTD1" not in body, pattern
        assert "…cret" not in body.decode(), pattern
    page = client.get(f"/channels/{world.fbm.pk}/").content.decode()
    assert page.count("Not shown to your role") == 3
    for word in ("Edit</a>", "Authorise", "Disable", "New Channel"):
        assert word not in page


def test_an_editor_sees_the_end_of_the_token_and_never_the_token(world, sign_in):
    page = sign_in(Role.MANAGER).get(f"/channels/{world.fbm.pk}/").content.decode()
    assert "…cret" in page
    assert "Atzr|secret" not in page


def test_every_address_of_set_up_is_in_these_tables():
    """A page that is added must say who may open it."""
    listed = {
        pattern.replace("draft/general", "<str:key>/<str:step>")
        .replace("new/fbm", "new/<str:kind>")
        .replace("{id}", "<int:channel_id>")
        .replace("{user}", "<int:user_id>")
        .removeprefix("/")
        for pattern in [*READ, *CHANGE]
    }
    pages = (channel_pages, channel_edit, channel_life, first_import, new_channel, set_up, users, audit)
    there = {str(route.pattern) for page in pages for route in page.routes}
    assert there - listed == {
        "account/password/",  # everybody's own
        "channels/<int:channel_id>/zone/",  # below
    }


@pytest.mark.parametrize("role", Role)
def test_a_zone_is_accepted_by_those_who_edit_channels(role, sign_in, world):
    answer = sign_in(role).post(f"/channels/{world.fbm.pk}/zone/", {"zone": "Europe/London"})
    assert (answer.status_code == 403) is (role not in EDITORS)


@pytest.mark.parametrize("role", Role)
def test_the_speed_of_the_demos_clock_is_set_by_administrators_and_managers(role, sign_in, settings):
    settings.WHARFINGER = replace(settings.WHARFINGER, simulator_url="http://127.0.0.1:9700")
    client = sign_in(role)
    may = role in EDITORS
    assert ("Speed of the demo" in client.get("/").content.decode()) is may
    assert client.post("/trade-rate/", {"rate": "10"}).status_code == (302 if may else 403)


@pytest.mark.parametrize("role", Role)
def test_who_packs_reads_the_address_but_no_e_mail_and_no_tax_number(role, sign_in):
    world = World()
    world.item("MUG", 5)
    tax = {
        "taxRegistrations": [
            {"entityType": "BUYER", "taxRegistrationType": "VAT", "taxRegistrationNumber": "GB123456789"}
        ]
    }
    message = order(line("MUG"), tax=tax)
    world.hear(message)
    page = sign_in(role).get(f"/sales-orders/{world.sale(message).pk}/").content.decode()
    seen = [text in page for text in ("1 Quay Street", "grace@marketplace.example", "GB123456789")]
    expected = {Role.WAREHOUSE: [True, False, False], Role.VIEWER: [False, False, False]}
    assert seen == expected.get(role, [True, True, True])
