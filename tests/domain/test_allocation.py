from wharfinger.domain.stock.allocation import SellingSite, reserving_site

NEAR, FAR, TWIN = SellingSite(7, 1), SellingSite(3, 10), SellingSite(2, 10)


def test_an_order_that_is_not_imported_takes_its_units_where_its_sales_order_would():
    assert reserving_site(FAR, [NEAR, TWIN]) == FAR.site_id


def test_else_at_the_first_site_by_priority_that_sells_the_article():
    assert reserving_site(None, [FAR, NEAR, TWIN]) == NEAR.site_id
    assert reserving_site(None, [FAR, TWIN]) == TWIN.site_id
    assert reserving_site(None, []) is None
