from datetime import date, timedelta

from wharfinger.domain.stock.level_chart import carried_on, daily_levels, level_chart

DAY = date(2026, 11, 20)
NEXT = DAY + timedelta(days=1)


def test_a_day_without_a_movement_ends_as_the_day_before_and_sites_add_up():
    closings = [(1, DAY, 5), (2, NEXT, 2)]
    assert daily_levels(DAY, 3, {1: 9}, closings) == [5, 7, 7]


def test_before_anything_is_known_there_is_no_level():
    assert daily_levels(DAY, 3, {}, [(1, NEXT, 4)]) == [None, 4, 4]


def test_a_number_holds_until_the_next_one():
    assert carried_on(DAY, 3, [(NEXT, 4)]) == [None, 4, 4]
    assert carried_on(DAY, 2, [(DAY - timedelta(days=1), 7), (NEXT, 4)]) == [7, 4]


def test_the_lines_go_level_for_a_day_and_upright_between_days():
    chart = level_chart(DAY, [None, 4, 2, 2], [None, None, 1, 1])
    assert chart.on_hand == "M150.0 0.0 H300.0 V75.0 H450.0 V75.0 H600.0"
    assert (chart.top, chart.bottom, chart.zero) == (4, 0, 150.0)
    assert [(day.x, day.on_hand, day.available, day.label) for day in chart.days][:2] == [
        (0.0, None, None, True),
        (150.0, 4, None, False),
    ]


def test_a_level_below_zero_stays_within_the_drawing():
    chart = level_chart(DAY, [3, -1], [None, None])
    assert (chart.bottom, chart.zero, chart.on_hand) == (-1, 112.5, "M0.0 0.0 H300.0 V150.0 H600.0")


def test_without_anything_known_nothing_is_drawn():
    chart = level_chart(DAY, [None, None], [None, None])
    assert (chart.known, chart.available) == (False, "")
