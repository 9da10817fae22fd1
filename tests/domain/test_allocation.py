from hypothesis import given
from hypothesis import strategies as st

from wharfinger.domain.stock.allocation import (
    Need,
    Part,
    SellingSite,
    place_lines,
    plan_over_sites,
    reserving_site,
    whole_units,
)

NEAR, FAR, TWIN = SellingSite(7, 1), SellingSite(3, 10), SellingSite(2, 10)
MUG = 1
A, B, C = 7, 3, 2
"""Sites, by priority."""


def test_an_order_reserves_where_its_own_channel_will_take_it():
    assert reserving_site(FAR, [NEAR, TWIN]) == FAR


def test_without_a_channel_it_reserves_at_the_first_site_that_sells_the_article():
    assert reserving_site(None, [FAR, NEAR, TWIN]) == NEAR
    assert reserving_site(None, [FAR, TWIN]) == TWIN
    assert reserving_site(None, []) is None


def _free(levels):
    return lambda key: levels.get(key, 0)


def _need(units, site=A, line=1):
    return Need(line, (Part(MUG, 1),), units, site)


class TestPlanOverSites:
    def test_the_first_site_gives_and_the_next_what_that_lacks(self):
        changes = plan_over_sites((Part(MUG, 1),), 5, {}, (A, B, C), _free({(MUG, A): 2, (MUG, B): 2, (MUG, C): 9}))
        assert changes == {(MUG, A): 2, (MUG, B): 2, (MUG, C): 1}

    def test_what_the_first_site_can_have_by_now_is_given_back_elsewhere(self):
        changes = plan_over_sites((Part(MUG, 1),), 2, {(MUG, A): 1, (MUG, B): 1}, (A, B), _free({(MUG, A): 1}))
        assert changes == {(MUG, A): 1, (MUG, B): -1}

    def test_what_is_held_at_no_site_of_it_is_given_back(self):
        assert plan_over_sites((Part(MUG, 1),), 1, {(MUG, C): 1}, (A,), _free({})) == {(MUG, C): -1}

    def test_a_kit_is_assembled_at_one_site(self):
        kit = (Part(1, 1), Part(2, 2))
        changes = plan_over_sites(kit, 2, {}, (A, B), _free({(1, A): 5, (2, A): 2, (1, B): 1, (2, B): 9}))
        assert changes == {(1, A): 1, (2, A): 2, (1, B): 1, (2, B): 2}

    @given(
        st.integers(0, 9),
        st.lists(st.integers(0, 5), min_size=3, max_size=3),
        st.lists(st.integers(-3, 6), min_size=3, max_size=3),
        st.permutations([A, B, C]),
    )
    def test_nothing_is_taken_that_is_not_there_and_no_more_than_is_wanted(self, wanted, held, free, sites):
        holding = {(MUG, site): units for site, units in zip((A, B, C), held, strict=True) if units}
        levels = {(MUG, site): units for site, units in zip((A, B, C), free, strict=True)}
        changes = plan_over_sites((Part(MUG, 1),), wanted, holding, tuple(sites), _free(levels))
        after = {key: holding.get(key, 0) + changes.get(key, 0) for key in levels}
        assert all(units >= 0 for units in after.values())
        assert all(changes.get(key, 0) <= max(0, levels[key]) for key in levels)
        can_be_had = sum(holding.get(key, 0) + max(0, levels[key]) for key in levels)
        assert sum(after.values()) == min(wanted, can_be_had)


class TestPlaceLines:
    def test_an_order_that_its_site_can_serve_stays(self):
        assert place_lines([_need(2)], (B, A), _free({(MUG, A): 2, (MUG, B): 9}), may_split=True) == {}

    def test_it_goes_to_the_first_site_that_serves_all_of_it(self):
        free = _free({(MUG, A): 1, (2, A): 9, (MUG, B): 2, (MUG, C): 2, (2, C): 1})
        needs = [_need(2), Need(2, (Part(2, 1),), 1, A)]
        assert place_lines(needs, (A, B, C), free, may_split=False) == {1: C, 2: C}

    def test_its_lines_leave_from_several_sites_only_where_they_may(self):
        free = _free({(MUG, A): 1, (2, B): 1})
        needs = [_need(1), Need(2, (Part(2, 1),), 1, A)]
        assert place_lines(needs, (A, B), free, may_split=False) == {}
        assert place_lines(needs, (A, B), free, may_split=True) == {1: A, 2: B}

    def test_two_lines_of_one_item_do_not_share_a_unit(self):
        free = _free({(MUG, A): 1, (MUG, B): 1})
        assert place_lines([_need(1), _need(1, line=2)], (A, B), free, may_split=True) == {1: A, 2: B}
        assert place_lines([_need(1), _need(1, line=2)], (A, B), free, may_split=False) == {}

    def test_what_no_site_has_leaves_it_where_it_is(self):
        assert place_lines([_need(3)], (A, B), _free({(MUG, A): 1, (MUG, B): 1}), may_split=True) == {}


def test_whole_units_of_a_kit():
    assert whole_units((Part(1, 1), Part(2, 2)), {1: 3, 2: 5}) == 2
