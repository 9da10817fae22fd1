from datetime import timedelta

from wharfinger.domain.installation.sign_in import LONGEST_PAUSE, LimitKind, network_of, pause_after_failures


def test_pauses_grow_from_half_a_minute_to_a_quarter_of_an_hour_with_the_tenth_failure():
    seconds = [pause_after_failures(LimitKind.NAME, failures) for failures in range(3, 12)]
    lengths = [None if pause is None else pause.total_seconds() for pause in seconds]
    assert lengths == [None, None, 30, 60, 120, 240, 480, 900, 900]
    assert pause_after_failures(LimitKind.NAME, 10**6) == LONGEST_PAUSE == timedelta(minutes=15)
    assert pause_after_failures(LimitKind.ADDRESS, 20) is None


def test_addresses_count_by_machine():
    addresses = ("192.0.2.1", "::ffff:192.0.2.1", "2001:db8:1:2:3::4", "2001:db8:1:2::9", "fe80::1%eth0", "", "unix:")
    assert [network_of(address) for address in addresses] == [
        "192.0.2.1", "192.0.2.1", "2001:db8:1:2::/64", "2001:db8:1:2::/64", "fe80::/64", "unknown", "unknown",
    ]  # fmt: skip
