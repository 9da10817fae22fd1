"""Splitting and merging sales orders on their pages."""

import pytest
from tests.factories.moments import sales_order, stocked_item
from tests.web.client import text

from wharfinger.db.models import SalesOrder
from wharfinger.domain.installation.people import Role

pytestmark = pytest.mark.django_db


def split_of(world, client, units=1):
    order = sales_order(world, 1, stocked_item(world, "MUG"))
    form = {f"line-{order.lines.get().pk}": units}
    return order, client.post(f"/sales-orders/{order.pk}/split/", form, follow=True)


def test_an_order_is_split_and_merged_on_its_page(world, sign_in):
    client = sign_in(Role.WAREHOUSE)
    order, answer = split_of(world, client)
    new = SalesOrder.objects.get(part=2)
    page = text(answer)
    assert (f"{new.code} was split from SO1" in page, f'href="/sales-orders/{order.pk}/"' in page) == (True, True)
    assert ("Sales orders of this Amazon order" in page, "1 unit" in page, "£12.99" in page) == (True, True, True)
    assert ('id="dispatch"' in page, f"/sales-orders/{new.pk}/split/" in page) == (True, False)
    page = text(client.get(f"/imported-orders/{order.imported_id}/"))
    assert [f">{code}</a>" in page for code in ("SO1", new.code)] == [True, True]
    assert "and others" in text(client.get("/imported-orders/"))
    page = text(client.get("/sales-orders/"))
    assert ("1 × Enamel mug, blue" in page, f">{new.code}<" in page) == (True, True)
    page = text(client.post(f"/sales-orders/{new.pk}/merge/", {"other": order.pk}, follow=True))
    assert ("merged into SO1" in page, "Sales orders of this Amazon order" in page) == (True, False)
    page = text(client.get(f"/sales-orders/{new.pk}/"))
    assert ("Its lines are part of SO1 again" in page, "/split/" in page) == (True, False)


def test_the_form_offers_what_can_leave_and_names_its_faults(world, sign_in):
    client = sign_in()
    order, answer = split_of(world, client, units=3)
    assert answer.status_code == 422
    page = text(client.get(f"/sales-orders/{order.pk}/split/"))
    assert ("Of 2 × MUG" in page, 'max="2"' in page) == (True, True)
    _, answer = order, client.post(f"/sales-orders/{order.pk}/split/", {f"line-{order.lines.get().pk}": 2})
    assert (answer.status_code, "nothing would be left in it" in text(answer)) == (422, True)
    assert "does not exist" in text(client.get("/sales-orders/999999/split/", follow=True))
    assert "Choose another part" in text(client.post(f"/sales-orders/{order.pk}/merge/", {"other": "x"}, follow=True))
    assert SalesOrder.objects.count() == 1


@pytest.mark.parametrize("role", [Role.ACCOUNTS, Role.VIEWER])
def test_who_may_not_ship_may_not_split(role, world, sign_in):
    client = sign_in(role)
    order, answer = split_of(world, client)
    assert answer.status_code == 403
    assert "/split/" not in text(client.get(f"/sales-orders/{order.pk}/"))
    assert client.post(f"/sales-orders/{order.pk}/merge/", {"other": 1}).status_code == 403
