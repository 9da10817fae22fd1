"""Columns that hold an enum's value: the row has the text, the program the member."""

import pickle

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.migrations.writer import MigrationWriter
from django.db.models import F, Min
from tests.factories.accounts import an_account
from tests.factories.channels import a_channel
from tests.factories.ground import NOW
from tests.factories.stock import a_site

from wharfinger.db.fields import EnumField, UnknownValue
from wharfinger.db.models import Channel, Marketplace, Site
from wharfinger.domain.channels.channel import ActivatedFor, LinkState
from wharfinger.domain.marketplaces import Pool, Region
from wharfinger.domain.stock.ledger import SiteKind


def test_a_row_has_the_member_as_soon_as_it_is_set():
    site = Site(name="Shop", kind=SiteKind.SHOP.value, pool="")
    assert (site.kind, site.pool) == (SiteKind.SHOP, "")
    assert isinstance(site.kind, SiteKind)
    site.kind = SiteKind.FBA.value  # as a test or a form may
    assert isinstance(site.kind, SiteKind)


@pytest.mark.django_db
def test_every_way_to_a_row_gives_members():
    channel = a_channel(an_account(), a_site())
    rows = Channel.objects.filter(pk=channel.pk)
    found = [
        Channel.objects.get(pk=channel.pk).link_state,
        rows.values_list("link_state", flat=True).get(),
        rows.values("link_state").get()["link_state"],
        rows.aggregate(least=Min("link_state"))["least"],
        rows.annotate(again=F("link_state")).get().again,
        rows.defer("link_state").get().link_state,
    ]
    assert [type(each) for each in found] == [LinkState] * len(found)


@pytest.mark.django_db
def test_members_and_their_values_are_looked_up_alike():
    ids = {row.region: row.pk for row in Marketplace.objects.order_by("pk")}
    for wanted in (Region.NA, Region.NA.value):
        assert Marketplace.objects.filter(region=wanted, pk=ids[Region.NA]).exists()
        assert Marketplace.objects.filter(region__in=[wanted], pk=ids[Region.NA]).exists()
        assert not Marketplace.objects.exclude(region=wanted).filter(pk=ids[Region.NA]).exists()


@pytest.mark.django_db
def test_the_row_holds_the_value_and_the_empty_text_for_nobody():
    site = a_site()
    channel = a_channel(an_account(), site)
    Channel.objects.filter(pk=channel.pk).update(activated_for=ActivatedFor.SANDBOX)
    with connection.cursor() as cursor:
        cursor.execute("SELECT activated_for FROM wharfinger_channel WHERE id = %s", [channel.pk])
        assert cursor.fetchone() == (ActivatedFor.SANDBOX.value,)
    site.refresh_from_db()
    assert site.pool == ""


@pytest.mark.django_db
def test_a_text_that_is_no_value_names_column_and_text_however_it_comes():
    site = a_site()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE wharfinger_site SET kind = 'Airship' WHERE id = %s", [site.pk])
    with pytest.raises(UnknownValue, match=r"wharfinger_site\.kind holds “Airship”, .* A newer version may"):
        Site.objects.get(pk=site.pk)
    with pytest.raises(UnknownValue, match="wharfinger_site.kind holds “Zeppelin”"):
        Site(kind="Zeppelin")
    with pytest.raises(UnknownValue, match="wharfinger_site.kind holds “Zeppelin”"), transaction.atomic():
        Site.objects.filter(pk=site.pk).update(kind="Zeppelin")
    assert not Site.objects.filter(kind="Zeppelin").exists()
    assert not Site.objects.filter(kind__in=["Zeppelin", ""]).exists()
    with pytest.raises(ValidationError, match="Zeppelin"):
        Site._meta.get_field("kind").to_python("Zeppelin")


@pytest.mark.django_db
def test_the_empty_text_is_stored_only_where_the_column_may_be_empty():
    with pytest.raises(UnknownValue, match="wharfinger_site.kind holds “”"):
        Site(name="Told nothing", made_at=NOW).save()


def test_a_migration_knows_the_column_as_text():
    """An enum that moves or grows makes no migration, and an old migration imports none of ours."""
    field = EnumField(Pool, max_length=10, default=Pool.UK)
    text, imports = MigrationWriter.serialize(field)
    assert (text, imports) == ("models.CharField(default='UK', max_length=10)", {"from django.db import models"})
    assert field.clone().deconstruct() == models.CharField(default="UK", max_length=10).deconstruct()
    assert type(field.clone()) is EnumField


def test_a_row_is_copied_with_its_members():
    assert isinstance(pickle.loads(pickle.dumps(Site(kind=SiteKind.SHOP))).kind, SiteKind)
