"""Whatever a role is shown, it may use: every link and every button of every page that it can reach."""

import re
from urllib.parse import urljoin, urlsplit

import pytest
from django.urls import Resolver404
from tests.factories.amazon_orders import line, order
from tests.factories.people import someone
from tests.factories.shipping import a_service
from tests.sync.orders_world import World

from wharfinger.db.models import Channel, CourierGroup, SellerAccount, StockItem, User
from wharfinger.domain.channels.channel import LinkState
from wharfinger.domain.installation.people import Role
from wharfinger.operations.shipping import shipments
from wharfinger.web.rights import may_open

pytestmark = pytest.mark.django_db
CONTROL = re.compile(r'\b(?:href|action|formaction|hx-get|hx-post)="(/[^"#]*)')


def busy():
    """Orders of many states, and a problem of many kinds."""
    world = World()
    world.item("MUG", 20)
    sent = order(line("MUG"))
    wish = {"cancellationRequest": {"requester": "BUYER", "cancelReason": "Bought by mistake"}}
    nowhere = order(line("MUG"))
    del nowhere["recipient"]
    foreign = {"channelName": "AMAZON", "marketplaceId": "A1PA6795UKMFR9"}
    dear = {"grandTotal": {"amount": "99.00", "currencyCode": "GBP"}}
    world.hear(
        sent,
        order(line("MUG", cancellation=wish)),
        order(line("MUG"), proceeds=dear),
        order(line("MUG", 500)),
        order(line("NOBODYS")),
        order(line("MUG"), salesChannel=foreign),
        order(line("MUG"), createdTime="soon"),
        nowhere,
    )
    shipments.dispatch(world.sale(sent).pk, service_id=a_service().pk, now=world.clock.now())
    CourierGroup.objects.create(name="Heavy")


def nothing():
    assert not StockItem.objects.exists()
    CourierGroup.objects.create(name="Heavy")


def refused_controls(client, role):
    """Walks from the dashboard to one page of each kind and more orders, for (page, control) that turn it away."""
    ahead, visits, refused = ["/"], {}, set()
    while ahead:
        page = ahead.pop()
        kind = re.sub(r"\d+", "N", urlsplit(page).path)
        if visits.get(kind, 0) == (8 if kind == "/sales-orders/N/" else 1) or kind.endswith((".csv", ".xlsx")):
            continue
        visits[kind] = visits.get(kind, 0) + 1
        answer = client.get(page, follow=True)
        assert answer.status_code == 200, page
        if not answer.headers["Content-Type"].startswith("text/html"):  # a file to print
            continue
        for address in CONTROL.findall(answer.text):
            path = urlsplit(urljoin(page, address)).path
            if path.startswith(("/static/", "/sign-out/")):
                continue
            if not _opens(role, path):
                refused.add((kind, re.sub(r"\d+", "N", path)))
            elif f'href="{address}' in answer.text:
                ahead.append(address.replace("&amp;", "&"))
    assert len(visits) > 20
    return refused


def _opens(role, path):
    try:
        return may_open(User(role=role), path)
    except Resolver404:
        return False


@pytest.mark.parametrize(("role", "shop"), [(Role.WAREHOUSE, busy), (Role.VIEWER, busy), (Role.VIEWER, nothing)])
def test_no_page_shows_a_control_that_turns_its_reader_away(sign_in, role, shop):
    shop()
    assert refused_controls(sign_in(role), role) == set()


@pytest.mark.parametrize("role", Role)
def test_the_menu_of_what_may_be_begun_is_there_for_those_who_may_begin_something(sign_in, role):
    menu = 'class="menu command"' in sign_in(role).get("/sites/").text
    assert menu is (role not in {Role.ACCOUNTS, Role.VIEWER})


@pytest.mark.parametrize(("role", "link"), [(Role.MANAGER, "Authorise"), (Role.VIEWER, "Show the channel")])
def test_the_banner_of_lost_access_names_what_its_reader_finds_there(sign_in, role, link):
    world = World()
    SellerAccount.objects.update(link_state=LinkState.LOST.value)
    assert f'<a href="/channels/{world.fbm.pk}/">{link}</a>' in sign_in(role).get("/sites/").text


def test_the_banner_of_lost_access_leaves_an_archived_channel_out(sign_in):
    world = World()
    SellerAccount.objects.update(link_state=LinkState.LOST.value)
    Channel.objects.filter(pk=world.fbm.pk).update(archived=True)
    assert f'<a href="/channels/{world.fba.pk}/">Authorise</a>' in sign_in(Role.MANAGER).get("/sites/").text


@pytest.mark.parametrize("role", [Role.MANAGER, Role.WAREHOUSE])
def test_who_may_not_link_a_held_line_reads_whom_to_ask(sign_in, role):
    someone(Role.ADMINISTRATOR)
    world = World()
    held = order(line("NOBODYS"))
    world.hear(held)
    page = sign_in(role).get(f"/sales-orders/{world.sale(held).pk}/").text
    assert ("Ask Anna Administrator (Administrator) to do it." in page) is (role is Role.WAREHOUSE)
