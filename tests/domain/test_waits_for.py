"""What an imported order waits for is written to text and read back in one place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wharfinger.domain.orders.order import Fulfilment
from wharfinger.domain.orders.waits_for import (
    ForChannel,
    ForDownload,
    ForLevels,
    ForLink,
    ForNewChannel,
    read_waits_for,
    write_waits_for,
)

IDS = st.integers(min_value=0, max_value=2**63 - 1)
EVERY = st.one_of(
    st.none(),
    st.builds(ForChannel, IDS),
    st.builds(ForNewChannel, IDS, st.text(), st.sampled_from(Fulfilment)),
    st.builds(ForLevels, IDS),
    st.builds(ForLink, IDS, st.text()),
    st.builds(ForDownload),
)
STORED = {
    "": None,
    "channel:7": ForChannel(7),
    "nochannel:1:A1F83G8C2ARO7P:FBA": ForNewChannel(1, "A1F83G8C2ARO7P", Fulfilment.FBA),
    "nochannel:1::FBM": ForNewChannel(1, "", Fulfilment.FBM),
    "site:3": ForLevels(3),
    "sku:1:AB:1": ForLink(1, "AB:1"),
    "download": ForDownload(),
}


@pytest.mark.parametrize(("text", "cause"), STORED.items(), ids=STORED)
def test_what_is_stored_is_read_as_what_it_says(text, cause):
    assert (read_waits_for(text), write_waits_for(cause)) == (cause, text)


@given(EVERY)
def test_a_cause_is_read_back_as_it_was_written(cause):
    assert read_waits_for(write_waits_for(cause)) == cause


@pytest.mark.parametrize("text", ["something", "channel:x", "nochannel:1:A1", "nochannel:1:A1:FBX", "site:"])
def test_a_text_that_cannot_be_read_waits_for_nothing_of_ours(text):
    assert read_waits_for(text) is None
