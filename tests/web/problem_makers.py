"""Every kind of problem, made by the real operations. A new kind of problem needs its maker here."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from tests.factories.amazon_orders import later, line, order
from tests.factories.buy_shipping import a_buy_shipping, a_sender, an_amazon_service, an_offer_line
from tests.factories.couriers import a_connection, a_label_service
from tests.factories.ground import NOW, UK
from tests.factories.offers import some_offers
from tests.factories.people import someone
from tests.factories.shipping import a_service
from tests.factories.stock import a_site
from tests.sync.orders_world import World

from wharfinger.db.models import (
    AmazonApplication,
    Cancellation,
    Channel,
    ChannelProduct,
    CompletenessGap,
    Confirmation,
    CourierLabel,
    FlowSchedule,
    Listing,
    OrderCursor,
    OrderReport,
    RateBudget,
    SalesOrder,
    StockItem,
    StockNotice,
    User,
)
from wharfinger.domain.days import ends
from wharfinger.domain.installation.people import Role
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.orders.cancelling import CancelReason
from wharfinger.domain.orders.completeness.comparing import Cause
from wharfinger.domain.orders.completeness.gap_review import Verdict
from wharfinger.domain.orders.order import Fulfilment, IncomingPackage
from wharfinger.domain.orders.verifying import VerificationFound, VerificationState
from wharfinger.domain.shipping.labels import Refusal
from wharfinger.domain.shipping.shipments import Tracking
from wharfinger.domain.stock.guard import GuardLimits
from wharfinger.domain.stock.handling import MISSES_UNTIL_WITHOUT_EFFECT, Span
from wharfinger.domain.stock.listing_issues import ListingIssue
from wharfinger.domain.stock.safe_mode import SafeSetting
from wharfinger.operations.access import accounts, budget, other_programs, safe_mode
from wharfinger.operations.channels import marketplaces
from wharfinger.operations.installation import flows
from wharfinger.operations.orders import notifications, verifications
from wharfinger.operations.orders.actions import addresses, cancellations
from wharfinger.operations.orders.completeness import order_reports, wanted_orders
from wharfinger.operations.orders.completeness.order_reports import ReportEnd
from wharfinger.operations.orders.completeness.wanted_orders import GapVerdict
from wharfinger.operations.shipping import confirmations, connections, labels, shipments
from wharfinger.operations.shipping.labels import LabelEntry, LabelToBuy
from wharfinger.operations.stock import guard, handling, ledger, listings, outbox
from wharfinger.operations.stock._listing_steps import MISSES_BEFORE_A_PROBLEM
from wharfinger.operations.stock.handling import PeriodEntry
from wharfinger.operations.stock.listings import FoundListing

Maker = Callable[[World], None]
MAKERS: list[tuple[ProblemKind, Maker]] = []
"""One or more for each kind: each sentence of a remedy that an operation can write has its own."""


def makes(kind: ProblemKind) -> Callable[[Maker], Maker]:
    def keep(maker: Maker) -> Maker:
        MAKERS.append((kind, maker))
        return maker

    return keep


def _dispatched(world: World, *, tracking: Tracking = Tracking.AT_ONCE) -> dict:
    """An order of one mug whose parcel left."""
    message = order(line("MUG"))
    world.item("MUG", 10)
    world.hear(message)
    later_typed = tracking is Tracking.TYPED_LATER
    service = a_service(tracking=tracking.value, gives_number=not later_typed)
    shipments.dispatch(world.sale(message).pk, service_id=service.pk, now=world.clock.now())
    return message


@makes(ProblemKind.VERIFICATION_WAITS)
def regulated_goods_that_amazon_asks_about(world: World) -> None:
    message = order(line("MUG"))
    world.item("MUG", 10)
    world.hear(message)
    StockItem.objects.update(regulated=True)
    verifications.find_wanted(world.account.pk, now=world.clock.now())
    (wanted,) = verifications.due(world.account.pk, now=world.clock.now())
    found = VerificationFound(VerificationState.PENDING, True, (("too_young", "Too young."),))
    verifications.note_found(wanted.id, found, now=world.clock.now())


@makes(ProblemKind.UNKNOWN_SKU)
def a_sku_that_nobody_linked(world: World) -> None:
    world.hear(order(line("NOBODYS")))


@makes(ProblemKind.FBA_SITE_EMPTY)
def an_fba_order_before_the_levels(world: World) -> None:
    world.item("MUG", fulfilment="FBA")
    world.hear(order(line("MUG"), by="AMAZON", status="SHIPPED"))


def _a_gap(world: World, number: str) -> CompletenessGap:
    FlowSchedule.objects.get_or_create(account=world.account, flow="order_report", defaults={"due_at": NOW})
    return CompletenessGap.objects.create(
        account=world.account,
        marketplace_id=UK,
        day=NOW.date(),
        amazon_order_id=number,
        placed_at=NOW,
        kinds=["missing"],
        covered_until=NOW,
        seen_at=NOW,
        last_seen_at=NOW,
    )


@makes(ProblemKind.NOTIFICATION_UNREAD)
def a_message_that_is_no_notification(world: World) -> None:
    notifications.set_aside(world.account.pk, b"no JSON", error="it is no JSON that can be read", now=NOW)


@makes(ProblemKind.INCOMPLETE)
def an_order_that_only_the_report_knows(world: World) -> None:
    gap = _a_gap(world, "026-0000000-0000000")
    stuck = GapVerdict(gap.pk, Verdict.STUCK, Cause.UNKNOWN_TO_AMAZON, None)
    wanted_orders.settle_gaps(world.account.pk, [stuck], now=NOW)


@makes(ProblemKind.ALSO_IMPORTED)
def orders_that_somebody_else_dispatched(world: World) -> None:
    world.item("MUG", 20)
    messages = [order(line("MUG")) for _ in range(3)]
    world.hear(*messages)
    world.hear(*(later(each, status="SHIPPED") for each in messages))
    SalesOrder.objects.update(shipped_at=world.clock.now())
    other_programs.look_for_other_programs(now=world.clock.now())


@makes(ProblemKind.REPORT_FAILED)
def no_report_three_times(world: World) -> None:
    FlowSchedule.objects.get_or_create(account=world.account, flow="order_report", defaults={"due_at": NOW})
    for _ in range(order_reports.FAILURES_BEFORE_A_PROBLEM):
        order_reports.want_report(world.account.pk, now=NOW)
        report = OrderReport.objects.get(ended_at=None)
        order_reports.end_report(report.pk, ReportEnd(OrderReport.State.FAILED, "FATAL."), now=NOW)


@makes(ProblemKind.OVERSOLD)
def more_left_than_there_was(world: World) -> None:
    item = world.item("MUG", 2)
    ledger.adjust_stock(item.pk, world.warehouse.pk, -5, "broken", now=NOW)


@makes(ProblemKind.AWAITING_STOCK)
def an_order_of_more_than_there_is(world: World) -> None:
    world.item("MUG", 1)
    world.hear(order(line("MUG", 5)))


@makes(ProblemKind.NOT_UNDERSTOOD)
def an_order_without_its_time(world: World) -> None:
    world.hear(order(line("MUG"), createdTime="soon"))


@makes(ProblemKind.NOT_UNDERSTOOD)
def a_message_that_names_no_order(world: World) -> None:
    world.hear(b"[]")


@makes(ProblemKind.NOT_UNDERSTOOD)
def an_order_without_its_sender(world: World) -> None:
    message = order(line("MUG"))
    del message["fulfillment"]["fulfilledBy"]
    world.hear(message)


@makes(ProblemKind.TOTALS_DIFFER)
def a_total_that_its_lines_do_not_make(world: World) -> None:
    world.item("MUG", 10)
    world.hear(order(line("MUG"), proceeds={"grandTotal": {"amount": "99.00", "currencyCode": "GBP"}}))


@makes(ProblemKind.TOTALS_DIFFER)
def a_total_that_changes_later(world: World) -> None:
    world.item("MUG", 10)
    message = order(line("MUG"))
    world.hear(message)
    world.hear(later(message, proceeds={"grandTotal": {"amount": "99.00", "currencyCode": "GBP"}}))


@makes(ProblemKind.FOREIGN_CURRENCY)
def an_order_in_euros(world: World) -> None:
    world.item("MUG", 10)
    message = order(line("MUG"))
    money = {"amount": "10.00", "currencyCode": "EUR"}
    message["proceeds"]["grandTotal"] = money
    proceeds = message["orderItems"][0]["proceeds"]
    proceeds["proceedsTotal"] = proceeds["breakdowns"][0]["subtotal"] = money
    world.hear(message)


@makes(ProblemKind.CANCEL_REQUESTED)
def a_buyer_who_asks_to_cancel(world: World) -> None:
    world.item("MUG", 10)
    wish = {"cancellationRequest": {"requester": "BUYER", "cancelReason": "Bought by mistake"}}
    world.hear(order(line("MUG", cancellation=wish)))


def _cancelled(world: World) -> Cancellation:
    """A cancellation that Amazon has taken for processing."""
    world.item("MUG", 10)
    message = order(line("MUG"))
    world.hear(message)
    boss = someone(Role.MANAGER, username="boss")
    reason = CancelReason.NO_INVENTORY
    cancellations.cancel_order(world.sale(message).pk, reason=reason, now=world.clock.now(), user=boss)
    cancellations.begin_feed(world.account.pk, now=world.clock.now())
    return Cancellation.objects.get()


@makes(ProblemKind.CANCELLATION_REFUSED)
def a_cancellation_that_came_too_late(world: World) -> None:
    row = _cancelled(world)
    refused = {row.number: "18028: The order is shipped."}
    cancellations.keep_result(world.account.pk, row.feed_id, refused=refused, processed=1, now=world.clock.now())


@makes(ProblemKind.CANCELLATION_NOT_SHOWN)
def a_cancellation_that_amazon_forgot(world: World) -> None:
    row = _cancelled(world)
    cancellations.keep_result(world.account.pk, row.feed_id, refused={}, processed=1, now=world.clock.now())
    world.clock.at += timedelta(days=1, hours=1)
    cancellations.note_read_back(world.account.pk, row.pk, now=world.clock.now())


@makes(ProblemKind.CANCELLED_AFTER_SHIPPING)
def cancelled_when_its_parcel_had_left(world: World) -> None:
    message = _dispatched(world)
    world.hear(later(message, status="CANCELLED"))


@makes(ProblemKind.NO_ADDRESS)
def an_order_without_address(world: World) -> None:
    world.item("MUG", 10)
    message = order(line("MUG"))
    del message["recipient"]
    world.hear(message)


@makes(ProblemKind.ADDRESS_INCOMPLETE)
def an_address_without_its_town(world: World) -> None:
    world.item("MUG", 10)
    message = order(line("MUG"))
    kept = {part: text for part, text in message["recipient"]["deliveryAddress"].items() if part != "city"}
    world.hear({**message, "recipient": {"deliveryAddress": kept}})


@makes(ProblemKind.ADDRESS_CHANGED)
def another_address_when_its_parcel_had_left(world: World) -> None:
    message = _dispatched(world)
    address = {**message["recipient"]["deliveryAddress"], "addressLine1": "9 Other Street"}
    world.hear(later(message, recipient={"deliveryAddress": address}))


@makes(ProblemKind.ADDRESS_CHANGED)
def another_address_when_ours_was_edited(world: World) -> None:
    world.item("MUG", 10)
    message = order(line("MUG"))
    world.hear(message)
    sale, boss = world.sale(message), someone(Role.MANAGER, username="boss")
    held = addresses.shipping_address(sale)
    assert held is not None
    ours, seen = replace(held, line_2="Flat 2"), addresses.address_hash(held)
    addresses.edit_address(sale.pk, address=ours, seen=seen, now=world.clock.now(), user=boss)
    address = {**message["recipient"]["deliveryAddress"], "addressLine1": "9 Other Street"}
    world.hear(later(message, recipient={"deliveryAddress": address}))


@makes(ProblemKind.ZONE_DIFFERS)
def ship_by_times_of_another_zone(world: World) -> None:
    world.item("MUG", 50)
    Channel.objects.filter(pk=world.fbm.pk).update(marketplace="ATVPDKIKX0DER")
    sold = {"channelName": "AMAZON", "marketplaceId": "ATVPDKIKX0DER"}
    for number in range(20):
        message = order(line("MUG"), salesChannel=sold)
        last = ends(date(2026, 11, 11) + timedelta(days=number % 5), "America/New_York") - timedelta(seconds=1)
        message["fulfillment"]["shipByWindow"]["latestDateTime"] = last.isoformat()
        world.hear(message)
    marketplaces.check_zones(now=world.clock.now())


@makes(ProblemKind.CONFIRMATION_REFUSED)
def a_confirmation_that_amazon_refuses(world: World) -> None:
    _dispatched(world)
    now = world.clock.now()
    message = confirmations.claim_confirmation(world.account.pk, now=now, machine_now=now)
    assert message is not None
    refusal = confirmations.RefusedByAmazon("The tracking ID does not match the carrier.", final=True)
    confirmations.settle_confirmation(message.id, refusal, now=now)


@makes(ProblemKind.CONFIRMATION_NOT_SHOWN)
def an_order_shipped_with_another_parcel(world: World) -> None:
    _dispatched(world)
    now = world.clock.now()
    message = confirmations.claim_confirmation(world.account.pk, now=now, machine_now=now)
    assert message is not None
    theirs = IncomingPackage("9", carrier="UPS", tracking_number="1Z999AA10123456784")
    confirmations.note_looked_up(message.id, [theirs], all_shipped=True, now=now, refused="Order already fulfilled.")


@makes(ProblemKind.CONFIRMATION_LATE)
def a_confirmation_that_still_waits_after_ship_by(world: World) -> None:
    _dispatched(world)
    confirmations.alarm_late(world.account.pk, now=NOW + timedelta(days=2))


@makes(ProblemKind.CONFIRMATION_LATE)
def a_parcel_without_number_after_ship_by(world: World) -> None:
    _dispatched(world, tracking=Tracking.TYPED_LATER)
    assert Confirmation.objects.get().shipment.tracking_number == ""
    confirmations.alarm_late(world.account.pk, now=NOW + timedelta(days=2))


def _claimed(world: World) -> outbox.QuantityToSend:
    """A listing of ten mugs whose quantity is on its way to Amazon."""
    Channel.objects.filter(pk=world.fbm.pk).update(stock_upload_approved_at=NOW)
    world.item("MUG", 10)
    Listing.objects.update(product_type="MUG")
    listings.send_quantity_again(Listing.objects.get().pk, now=NOW, user=User.objects.get(username="olga"))
    (sent,) = outbox.claim_quantities(world.account.pk, 10, now=world.clock.now())
    return sent


@makes(ProblemKind.LISTING_REFUSED)
def a_quantity_that_amazon_refuses(world: World) -> None:
    outbox.settle_quantity(_claimed(world), outbox.Refused("The product type is wrong."), now=world.clock.now())


@makes(ProblemKind.STOCK_HELD)
def a_count_that_would_empty_the_channel(world: World) -> None:
    owner = User.objects.get(username="olga")
    outbox.settle_quantity(_claimed(world), outbox.Accepted("submission-1"), now=world.clock.now())
    guard.set_limits(world.fbm.pk, GuardLimits(at_least=1), now=NOW, user=owner)
    item = StockItem.objects.get(code="MUG")
    ledger.count_stock(item.pk, world.warehouse.pk, 0, now=world.clock.now(), user=owner)
    guard.look(world.account.pk, now=world.clock.now())


@makes(ProblemKind.SAFE_MODE)
def an_account_whose_orders_are_not_seen(world: World) -> None:
    OrderCursor.objects.create(account=world.account, after=NOW - timedelta(hours=7), caught_up_at=NOW)
    FlowSchedule.objects.create(account=world.account, flow="orders_in", due_at=NOW, error="HTTP 503", failures=9)
    owner = User.objects.get(username="olga")
    safe_mode.set_safe_mode(world.account.pk, SafeSetting(6), now=NOW, user=owner)
    safe_mode.look(now=NOW)


@makes(ProblemKind.HANDLING_WITHOUT_EFFECT)
def a_handling_time_that_amazon_does_not_show(world: World) -> None:
    owner = User.objects.get(username="olga")
    handling.add_period(PeriodEntry("Christmas", Span(NOW.date()), 9), now=NOW, user=owner)
    outbox.settle_quantity(_claimed(world), outbox.Accepted("submission-1"), now=world.clock.now())
    for look in range(MISSES_UNTIL_WITHOUT_EFFECT):
        at = NOW + timedelta(hours=1 + look)
        StockNotice.objects.all().delete()
        seen = outbox.ReadBack(Listing.objects.get().pk, 10, attributes_read=True, lead_time_days=1)
        outbox.note_read_back([seen], requested_at=at, now=at)


@makes(ProblemKind.LISTING_DRIFT)
def a_quantity_that_amazon_never_shows(world: World) -> None:
    outbox.settle_quantity(_claimed(world), outbox.Accepted("submission-1"), now=world.clock.now())
    for look in range(MISSES_BEFORE_A_PROBLEM):
        at = NOW + timedelta(hours=1 + look)
        listing = Listing.objects.get()
        StockNotice.objects.all().delete()
        outbox.note_read_back([outbox.ReadBack(listing.pk, 3)], requested_at=at, now=at)


@makes(ProblemKind.LISTING_DRIFT)
def a_fall_that_no_order_explains(world: World) -> None:
    outbox.settle_quantity(_claimed(world), outbox.Accepted("submission-1"), now=world.clock.now())
    at = NOW + timedelta(hours=1)
    StockNotice.objects.all().delete()
    outbox.note_read_back([outbox.ReadBack(Listing.objects.get().pk, 3)], requested_at=at, now=at)
    OrderCursor.objects.update_or_create(account=world.account, defaults={"after": at + timedelta(minutes=1)})
    listings.send_quantity_again(Listing.objects.get().pk, now=at, user=User.objects.get(username="olga"))
    outbox.claim_quantities(world.account.pk, 10, now=at + timedelta(minutes=10))


@makes(ProblemKind.NO_CHANNEL)
def paid_orders_on_amazon_de(world: World) -> None:
    message = order(line("MUG"), salesChannel={"channelName": "AMAZON", "marketplaceId": "A1PA6795UKMFR9"})
    world.hear(message)


@makes(ProblemKind.LISTING_ISSUE)
def a_listing_that_amazon_suppresses(world: World) -> None:
    world.item("MUG", 10)
    issue = ListingIssue("90220", "‘brand’ is required.", attributes=("brand",), actions=("SEARCH_SUPPRESSED",))
    _look_at_the_mug(shown=True, issues=(issue,))


@makes(ProblemKind.LISTING_GONE)
def a_listing_that_buyers_do_not_see_any_more(world: World) -> None:
    world.item("MUG", 10)
    _look_at_the_mug(shown=True)
    _look_at_the_mug(shown=False)


def _look_at_the_mug(*, shown: bool, issues: tuple[ListingIssue, ...] = ()) -> None:
    product = ChannelProduct.objects.get(listing__sku="MUG")
    seen = outbox.ReadBack(product.listing_id, 10, marketplace_id=product.marketplace_id, issues=issues, shown=shown)
    outbox.note_read_back([seen], requested_at=NOW, now=NOW)


@makes(ProblemKind.LISTING_GONE)
def a_sku_that_amazon_does_not_know(world: World) -> None:
    outbox.settle_quantity(_claimed(world), outbox.Refused("SKU not found", gone=True), now=world.clock.now())


@makes(ProblemKind.LISTING_CONFLICT)
def two_channels_with_two_sites(world: World) -> None:
    other = a_site("Shop")
    second = world.channel("FBM", other, marketplace="A1PA6795UKMFR9")
    Channel.objects.filter(pk__in=[world.fbm.pk, second.pk]).update(stock_upload_approved_at=NOW)
    item = world.item("MUG", 10)
    ledger.receive_stock(item.pk, other.pk, 5, now=NOW)
    world.listing("MUG", item, marketplace="A1PA6795UKMFR9")
    Listing.objects.update(product_type="MUG")
    outbox.claim_quantities(world.account.pk, 10, now=world.clock.now())


@makes(ProblemKind.LISTING_CONFLICT)
def a_sku_that_both_send(world: World) -> None:
    world.item("MUG", 10)
    found = FoundListing(
        sku="MUG",
        marketplace_id=world.fbm.marketplace_id,
        asin="B000000001",
        title="Mug",
        product_type="MUG",
        fulfilment=Fulfilment.FBA,
        quantity=3,
        lead_time_days=None,
        both_ways=True,
    )
    listings.keep_listings(world.account.pk, [found], read_at=NOW, now=NOW)


def _requested_label(world: World) -> LabelToBuy:
    """Of an order of one mug: its attempt is written."""
    message = order(line("MUG"))
    world.item("MUG", 10)
    StockItem.objects.update(weight_grams=300)
    world.hear(message)
    sale = world.sale(message)
    units = {each.pk: 1 for each in sale.lines.all()}
    entry = LabelEntry(a_label_service().pk, units, number=1)
    labels.request_label(sale.pk, entry, now=world.clock.now(), user=someone(Role.WAREHOUSE, username="packer"))
    step = labels.claim_label(now=world.clock.now(), machine_now=NOW, machine_before=NOW)
    assert isinstance(step, LabelToBuy)
    return step


@makes(ProblemKind.LABEL_REFUSED)
def a_label_that_the_courier_refuses(world: World) -> None:
    step = _requested_label(world)
    labels.settle_label(step.id, labels.RefusedByCourier("200 12: Not valid."), now=world.clock.now())


def _from_amazon(world: World) -> int:
    """Of an order of one mug: the attempt of a purchase from Amazon is written; the label's id."""
    message = order(line("MUG"))
    world.item("MUG", 10)
    StockItem.objects.update(weight_grams=300)
    world.hear(message)
    sale = world.sale(message)
    a_sender(sale.site)
    service = an_amazon_service(an_offer_line(a_buy_shipping(world.account)))
    entry = LabelEntry(service.pk, {each.pk: 1 for each in sale.lines.all()}, number=1)
    now = world.clock.now()
    packer = someone(Role.WAREHOUSE, username="packer")
    label = labels.request_label(sale.pk, entry, now=now, user=packer).pk
    labels.claim_label(now=now, machine_now=NOW, machine_before=NOW)
    labels.settle_label(label, labels.Quoted(some_offers(fetched_at=now)), now=now)
    labels.claim_label(now=now, machine_now=NOW, machine_before=NOW)
    return label


@makes(ProblemKind.LABEL_REFUSED)
def a_sender_address_that_amazon_refuses(world: World) -> None:
    refused = labels.RefusedByCourier("400 ShipFrom is not valid.", Refusal.ADDRESS)
    labels.settle_label(_from_amazon(world), refused, now=world.clock.now())


@makes(ProblemKind.LABEL_REFUSED)
def a_parcel_that_amazons_service_refuses(world: World) -> None:
    refused = labels.RefusedByCourier("400 The weight is not supported.", Refusal.SERVICE)
    labels.settle_label(_from_amazon(world), refused, now=world.clock.now())


@makes(ProblemKind.LABEL_REFUSED)
def a_label_that_amazon_cannot_charge(world: World) -> None:
    refused = labels.RefusedByCourier("400 The charge method was declined.", Refusal.MONEY)
    labels.settle_label(_from_amazon(world), refused, now=world.clock.now())


@makes(ProblemKind.LABEL_REFUSED)
def a_purchase_that_amazon_refuses(world: World) -> None:
    labels.settle_label(_from_amazon(world), labels.RefusedByCourier("400 No."), now=world.clock.now())


@makes(ProblemKind.LABEL_MISSING)
def a_purchase_from_amazon_in_doubt(world: World) -> None:
    label = _from_amazon(world)
    CourierLabel.objects.update(purchase_calls=2)
    labels.settle_label(label, labels.OffersGone("400 TOKEN_EXPIRED."), now=world.clock.now())


@makes(ProblemKind.LABEL_NOT_VOIDED)
def a_label_that_amazon_does_not_void(world: World) -> None:
    label, now = _from_amazon(world), world.clock.now()
    labels.settle_label(label, labels.Held("7", "RM000010003GB", b"\x89PNG"), now=now)
    labels.void_label(label, now=now, user=User.objects.get(username="packer"))
    labels.claim_label(now=now, machine_now=NOW, machine_before=NOW)
    labels.settle_label(label, labels.RefusedByCourier("400: It was collected."), now=now)


@makes(ProblemKind.COURIER_REFUSES_KEY)
def labels_that_amazon_does_not_allow(world: World) -> None:
    connections.note_refused(a_buy_shipping(world.account).pk, error="getRates: 403.", now=NOW)


@makes(ProblemKind.LABEL_MISSING)
def an_order_at_the_courier_without_its_label(world: World) -> None:
    step = _requested_label(world)
    labels.settle_label(step.id, labels.Held("7", error="The label could not be generated."), now=world.clock.now())


@makes(ProblemKind.LABEL_MISSING)
def a_purchase_that_cannot_be_looked_up(world: World) -> None:
    step = _requested_label(world)
    CourierLabel.objects.update(attempts=labels.LOOK_UPS_BEFORE_A_PROBLEM)
    labels.settle_label(step.id, labels.Unknown("look up order: 500."), now=world.clock.now())


def _voiding(world: World, *, printed: bool) -> int:
    step, now = _requested_label(world), world.clock.now()
    packer = User.objects.get(username="packer")
    labels.settle_label(step.id, labels.Held("7", "RM000010003GB", b"%PDF-"), now=now)
    if printed:
        labels.print_label(step.id, now=now, user=packer)
    labels.void_label(step.id, now=now, user=packer)
    labels.claim_label(now=now, machine_now=NOW, machine_before=NOW)
    return step.id


@makes(ProblemKind.LABEL_TO_DESTROY)
def a_printed_label_that_is_voided(world: World) -> None:
    labels.settle_label(_voiding(world, printed=True), labels.Done(), now=world.clock.now())


@makes(ProblemKind.LABEL_NOT_VOIDED)
def a_label_that_the_courier_does_not_void(world: World) -> None:
    refused = labels.RefusedByCourier("400: It was manifested.")
    labels.settle_label(_voiding(world, printed=False), refused, now=world.clock.now())


@makes(ProblemKind.COURIER_REFUSES_KEY)
def a_key_that_the_courier_refuses(world: World) -> None:
    connections.note_refused(a_connection().pk, error="version: 401.", now=NOW)


@makes(ProblemKind.AUTHORISATION_LOST)
def access_that_amazon_takes_back(world: World) -> None:
    world.account.token_set_at = NOW - timedelta(days=9)
    world.account.save()
    accounts.lose_authorisation(world.account.pk, error="invalid_grant", now=NOW)


@makes(ProblemKind.APPLICATION_REFUSED)
def a_secret_that_amazon_refuses(world: World) -> None:
    world.account.application = AmazonApplication.objects.create(
        application_id="amzn1.sp.solution.1",
        client_id="amzn1.application-oa2-client.1",
        client_secret="s",
        secret_last_four="s",
        secret_set_at=NOW,
    )
    world.account.save()
    accounts.report_application_refused(world.account.pk, error="invalid_client", now=NOW)


@makes(ProblemKind.ROLE_MISSING)
def an_operation_that_amazon_denies(world: World) -> None:
    world.account.token_set_at = NOW - timedelta(days=9)
    world.account.save()
    FlowSchedule.objects.create(account=world.account, flow="orders_in", due_at=NOW)
    flows.deny_flow(
        world.account.pk,
        "orders_in",
        called="searchOrders",
        roles=("Inventory and Order Tracking",),
        error="403",
        next_due=NOW,
        now=NOW,
    )


@makes(ProblemKind.THROTTLED)
def a_limit_that_another_application_uses_up(world: World) -> None:
    RateBudget.objects.create(
        account=world.account, operation="searchOrders", rate=Decimal("0.0056"), burst=20, tokens=20, counted_at=NOW
    )
    for hour in range(4):
        budget.note_refusal(world.account.pk, "searchOrders", now=NOW + timedelta(hours=hour))


@makes(ProblemKind.FLOW_FAILED)
def a_flow_that_fails_again_and_again(world: World) -> None:
    FlowSchedule.objects.create(account=world.account, flow="orders_in", due_at=NOW)
    for _ in range(3):
        flows.fail_flow(world.account.pk, "orders_in", error="503", next_due=NOW, now=NOW)


@makes(ProblemKind.FLOW_FAILED)
def more_listings_than_can_be_read(world: World) -> None:
    listings.report_too_many(world.account.pk, "Amazon.co.uk", 1200, now=NOW)
