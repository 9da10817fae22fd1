"""Stock profiles and rules as operations: what changes, which listings are worked out anew, and what is refused."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories.cast import Trading
from tests.factories.ground import DE, NOW

from wharfinger.db.models import (
    Activity,
    AuditEntry,
    ChannelProduct,
    Listing,
    StockNotice,
    StockProfile,
    StockRuleChange,
)
from wharfinger.db.queries.stock.rule_preview import numbers_of
from wharfinger.db.queries.stock.rules import InstallationRule, Setting
from wharfinger.db.queries.stock.stock_out import listing_facts
from wharfinger.domain.stock.listing_quantity import Conflict, Silent, Tell, decide
from wharfinger.domain.stock.rules import Rounding, RuleValues
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock import stock_profiles, stock_rules
from wharfinger.operations.stock.stock_profiles import ProfileEntry
from wharfinger.operations.stock.stock_rules import ChannelEntry

pytestmark = pytest.mark.django_db

HALF = RuleValues(percent=50, rounding=Rounding.DOWN)
INHERITS = RuleValues()


class Shop(Trading):
    """114 mugs in the warehouse, sold in the UK and in Germany by one SKU."""

    def __init__(self):
        super().__init__()
        self.german = self.channel("FBM", self.warehouse, marketplace=DE)
        self.mug = self.item("MUG", 114)
        self.listing("MUG", self.mug, marketplace=DE)
        StockNotice.objects.all().delete()

    def profile(self, name="Half", values=HALF):
        return stock_profiles.add_profile(ProfileEntry(name, values), now=NOW, user=self.olga)

    def give(self, channel, *, values=INHERITS, profile=None, **more):
        entry = ChannelEntry(Setting(profile, values), **more)
        return stock_rules.set_channel_rule(channel.pk, entry, now=NOW, user=self.olga)

    def give_item(self, *, values=INHERITS, profile=None):
        stock_rules.set_item_rule(self.mug.pk, Setting(profile, values), now=NOW, user=self.olga)

    def decide(self, sku="MUG"):
        listing = Listing.objects.get(sku=sku)
        return decide(listing_facts([listing.pk])[listing.pk])

    def noticed(self):
        """The causes for which listings are worked out anew; looked at once."""
        found = list(StockNotice.objects.order_by("listing__sku").values_list("listing__sku", "cause"))
        StockNotice.objects.all().delete()
        return found

    def side_by_side(self):
        return [(one.channel, one.quantity) for one in numbers_of([self.mug.pk])[0].numbers]


@pytest.fixture
def shop():
    return Shop()


def quantity(decision):
    assert isinstance(decision, Tell), decision
    return decision.explained.quantity


def test_without_a_rule_all_of_what_is_available_is_sent(shop):
    assert quantity(shop.decide()) == 114


def test_an_item_beats_its_profile_which_beats_the_channel_each_field_for_itself(shop):
    shop.give(shop.fbm, values=RuleValues(cap=20, buffer=10))
    shop.give(shop.german, profile=shop.profile())
    assert shop.side_by_side() == [("Amazon.co.uk FBM", 20), ("Amazon.de FBM", 57)]
    shop.give_item(profile=shop.profile("Most", RuleValues(percent=90, buffer=4)))
    assert shop.side_by_side() == [("Amazon.co.uk FBM", 20), ("Amazon.de FBM", 99)]
    shop.give_item(values=RuleValues(cap=7))
    assert shop.side_by_side() == [("Amazon.co.uk FBM", 7), ("Amazon.de FBM", 7)]


def test_a_changed_profile_has_all_its_listings_worked_out_anew_in_the_same_transaction(shop):
    profile = shop.profile()
    cup = shop.item("CUP", 10)
    shop.item("PLATE", 10)
    stock_rules.assign_profile([cup.pk], profile, now=NOW, user=shop.olga)
    shop.noticed()
    entry = ProfileEntry("Half", RuleValues(percent=25))
    assert stock_profiles.edit_profile(profile, entry, version=1, now=NOW, user=shop.olga) == 1
    assert shop.noticed() == [("CUP", "Stock profile Half changed")]
    assert quantity(shop.decide("CUP")) == 2
    shop.give(shop.german, profile=profile)
    assert shop.noticed() == [("MUG", "Amazon.de FBM: stock rule changed")]


def test_the_installation_sets_what_neither_the_item_nor_the_channel_sets(shop):
    shop.give(shop.german, values=RuleValues(percent=100))
    values = RuleValues(percent=50, buffer=14)
    assert stock_rules.set_installation_rule(InstallationRule(values), now=NOW, user=shop.olga) == 1
    assert shop.noticed() == [("MUG", "Stock rule of the installation changed")]
    assert shop.side_by_side() == [("Amazon.co.uk FBM", 50), ("Amazon.de FBM", 100)]
    shop.give_item(values=RuleValues(buffer=0))
    assert shop.side_by_side() == [("Amazon.co.uk FBM", 57), ("Amazon.de FBM", 114)]
    assert stock_rules.set_installation_rule(InstallationRule(values), now=NOW, user=shop.olga) == 0
    with pytest.raises(Refused) as refused:
        stock_rules.set_installation_rule(InstallationRule(RuleValues(percent=101)), now=NOW, user=shop.olga)
    assert refused.value.field == "percent"


def test_percents_as_shares_are_of_all_listings_of_an_item_and_each_is_worked_out_anew(shop):
    shop.listing("MUG-DE", shop.mug, marketplace=DE)
    Listing.objects.update(product_type="MUG")
    rule = InstallationRule(RuleValues(percent=60, rounding=Rounding.UP), shares=True)
    assert stock_rules.set_installation_rule(rule, now=NOW, user=shop.olga) == 2
    assert (quantity(shop.decide()), quantity(shop.decide("MUG-DE"))) == (57, 57)
    shop.noticed()
    shop.give(shop.german, values=RuleValues(percent=40), leads=True)
    assert [sku for sku, _ in shop.noticed()] == ["MUG", "MUG-DE"]
    assert (quantity(shop.decide()), quantity(shop.decide("MUG-DE"))) == (45, 45)
    shop.give(shop.german, values=RuleValues(percent=40), only_specified=True)
    product = ChannelProduct.objects.get(listing__sku="MUG-DE")
    assert quantity(shop.decide()) == 68
    shop.noticed()
    stock_rules.specify_products(shop.german.pk, [product.pk], True, now=NOW, user=shop.olga)
    assert [sku for sku, _ in shop.noticed()] == ["MUG", "MUG-DE"]


def test_every_change_is_kept_for_the_history(shop):
    profile = shop.profile()
    stock_rules.set_installation_rule(InstallationRule(RuleValues(buffer=1)), now=NOW, user=shop.olga)
    shop.give_item(profile=profile, values=RuleValues(cap=7))
    shop.give_item()
    shop.give(shop.fbm, leads=True)
    shop.give(shop.german, leads=True)
    unset = INHERITS.as_stored()
    channel = {"profile": None, "only_specified": False, "leads": True, **unset}
    assert list(StockRuleChange.objects.order_by("pk").values_list("subject", "subject_id", "setting")) == [
        ("profile", profile, {"name": "Half", **HALF.as_stored()}),
        ("installation", 1, {**unset, "buffer": 1, "shares": False}),
        ("item", shop.mug.pk, {"profile": profile, **unset, "cap": 7}),
        ("item", shop.mug.pk, {"profile": None, **unset}),
        ("channel", shop.fbm.pk, channel),
        ("channel", shop.fbm.pk, {**channel, "leads": False}),
        ("channel", shop.german.pk, channel),
    ]


def test_a_profile_of_many_listings_and_channels_raises_its_notices_in_a_fixed_number_of_statements(shop):
    profile = shop.profile()
    version = 1

    def statements():
        nonlocal version
        entry = ProfileEntry("Half", RuleValues(percent=40 + version))
        with CaptureQueriesContext(connection) as captured:
            stock_profiles.edit_profile(profile, entry, version=version, now=NOW, user=shop.olga)
        version += 1
        return len(captured)

    shop.give(shop.fbm, profile=profile)
    shop.give_item(profile=profile)
    few = statements()
    shop.give(shop.german, profile=profile)
    for number in range(12):
        stock_rules.assign_profile([shop.item(f"CUP-{number}", 5).pk], profile, now=NOW, user=shop.olga)
    shop.noticed()
    assert statements() == few
    assert len(shop.noticed()) == 13


def test_a_new_name_of_a_profile_sends_nothing(shop):
    profile = shop.profile()
    shop.give_item(profile=profile)
    shop.noticed()
    assert stock_profiles.edit_profile(profile, ProfileEntry("50", HALF), version=1, now=NOW, user=shop.olga) == 0
    assert shop.noticed() == []


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(shop):
    profile = shop.profile()
    stock_profiles.edit_profile(profile, ProfileEntry("A", HALF), version=1, now=NOW, user=shop.olga)
    with pytest.raises(Refused, match="Somebody else"):
        stock_profiles.edit_profile(profile, ProfileEntry("B", HALF), version=1, now=NOW, user=shop.olga)
    assert StockProfile.objects.get().name == "A"


@pytest.mark.parametrize(
    ("name", "values", "field"),
    [
        (" ", HALF, "name"),
        ("x" * 61, HALF, "name"),
        ("half", HALF, "name"),
        ("Wrong", RuleValues(percent=101), "percent"),
        ("Wrong", RuleValues(cap=3, send_zero_at=3), "cap"),
    ],
)
def test_a_profile_that_cannot_be_is_refused_by_its_field(shop, name, values, field):
    shop.profile()
    with pytest.raises(Refused) as refused:
        shop.profile(name, values)
    assert refused.value.field == field
    assert StockProfile.objects.count() == 1


def test_a_profile_is_copied_archived_restored_and_deleted_while_nothing_uses_it(shop):
    profile = shop.profile()
    copy = stock_profiles.copy_profile(profile, now=NOW, user=shop.olga)
    assert StockProfile.objects.get(pk=copy).name == "Half (2)"
    shop.give_item(profile=profile)
    stock_profiles.set_archived(profile, True, now=NOW, user=shop.olga)
    assert quantity(shop.decide()) == 57
    shop.give_item(profile=profile, values=RuleValues(cap=3))  # what is held already may stay
    with pytest.raises(Refused, match="archived"):
        shop.give(shop.fbm, profile=profile)
    with pytest.raises(Refused, match="Archive it instead"):
        stock_profiles.delete_profile(profile, now=NOW, user=shop.olga)
    assert stock_profiles.delete_profile(copy, now=NOW, user=shop.olga) == "Half (2)"
    assert AuditEntry.objects.filter(noun="Stock profile").count() == 4


def test_a_profile_is_given_to_many_items_and_their_own_values_stay(shop):
    cup = shop.item("CUP", 10)
    shop.give_item(values=RuleValues(cap=7))
    shop.noticed()
    profile = shop.profile()
    ids = [shop.mug.pk, cup.pk]
    assert stock_rules.assign_profile(ids, profile, now=NOW, user=shop.olga) == 2
    assert stock_rules.assign_profile(ids, profile, now=NOW, user=shop.olga) == 0
    assert (quantity(shop.decide()), quantity(shop.decide("CUP"))) == (7, 5)
    assert [sku for sku, _ in shop.noticed()] == ["CUP", "MUG"]
    stock_rules.assign_profile(ids, None, now=NOW, user=shop.olga)
    assert (quantity(shop.decide()), quantity(shop.decide("CUP"))) == (7, 10)
    sentences = Activity.objects.filter(item=cup).order_by("pk").values_list("text", flat=True)
    assert list(sentences)[-2:] == [
        "Stock rule of the item: profile Half.",
        "The item has no stock rule of its own any more: those of its channels hold.",
    ]


def test_two_rules_for_one_sku_wait_for_a_person_who_chooses_a_channel(shop):
    shop.give(shop.german, values=HALF)
    assert isinstance(shop.decide(), Conflict)
    listing = Listing.objects.get(sku="MUG")
    shop.noticed()
    stock_rules.choose_channel(listing.pk, shop.german.pk, now=NOW, user=shop.olga)
    assert quantity(shop.decide()) == 57
    assert shop.noticed() == [("MUG", "Rule chosen: Amazon.de FBM")]
    stock_rules.choose_channel(listing.pk, None, now=NOW, user=shop.olga)
    assert isinstance(shop.decide(), Conflict)
    with pytest.raises(Refused, match="Choose one of the channels"):
        stock_rules.choose_channel(listing.pk, shop.fba.pk, now=NOW, user=shop.olga)


def test_one_channel_of_an_account_leads_at_most(shop):
    shop.give(shop.german, values=HALF)
    shop.give(shop.fbm, leads=True)
    assert quantity(shop.decide()) == 114
    shop.give(shop.german, values=HALF, leads=True)
    assert quantity(shop.decide()) == 57
    shop.fbm.stock_rule.refresh_from_db()
    assert not shop.fbm.stock_rule.leads


def test_a_channel_uploads_specified_items_only(shop):
    shop.give(shop.fbm, only_specified=True)
    shop.give(shop.german, only_specified=True)
    decision = shop.decide()
    assert isinstance(decision, Silent)
    assert "specified items only" in decision.reason
    product = ChannelProduct.objects.get(marketplace=DE)
    other = ChannelProduct.objects.exclude(marketplace=DE).get()
    shop.noticed()
    args = (shop.german.pk, [product.pk, other.pk], True)
    assert stock_rules.specify_products(*args, now=NOW, user=shop.olga) == 1
    assert stock_rules.specify_products(*args, now=NOW, user=shop.olga) == 0
    assert shop.noticed() == [("MUG", "Amazon.de FBM: specified items changed")]
    decision = shop.decide()
    assert (quantity(decision), decision.senders) == (114, ("Amazon.de FBM",))


def test_an_fba_channel_has_no_stock_rule(shop):
    with pytest.raises(Refused, match="FBA"):
        shop.give(shop.fba, values=HALF)


def test_rules_cost_the_same_number_of_queries_for_any_number_of_listings(shop, django_assert_num_queries):
    profile = shop.profile()
    shop.give_item(profile=profile)
    for number in range(3):
        stock_rules.assign_profile([shop.item(f"CUP-{number}", 5).pk], profile, now=NOW, user=shop.olga)
    for some in (1, 4):
        ids = list(Listing.objects.values_list("pk", flat=True)[:some])
        with django_assert_num_queries(10):
            listing_facts(ids)
