"""The pretend Click & Drop behind HTTP: our client speaks to it, its page makes faults, its books outlive it."""

import threading
from dataclasses import replace

import httpx2
import pytest
from tests.couriers.barcodes import barcodes_of
from tests.couriers.test_click_and_drop import REQUEST

from wharfinger.cli.demo.click_and_drop.account import KEY
from wharfinger.cli.demo.click_and_drop.faults import Fault
from wharfinger.cli.demo.click_and_drop.journal import Journal
from wharfinger.cli.demo.click_and_drop.server import Server, listen
from wharfinger.couriers.click_and_drop import ClickAndDrop
from wharfinger.couriers.errors import NotAllowed, NotReached, NotUnderstood, ServerFault, Throttled
from wharfinger.couriers.transport import Transport


class Served:
    """A server whose seconds are moved by hand."""

    def __init__(self, journal):
        self.seconds = 0.0
        self.server = Server(journal, seconds=lambda: self.seconds)
        self._listening = listen(self.server, 0)
        threading.Thread(target=self._listening.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        self.base = f"http://127.0.0.1:{self._listening.server_address[1]}"
        self.transport = Transport()
        self.client = self.connect(before_call=self.next_second)

    def connect(self, **values):
        return ClickAndDrop(self.transport, KEY, address=f"{self.base}/api/v1", **values)

    def next_second(self):
        self.seconds += 1

    def post(self, path, **fields):
        return httpx2.post(f"{self.base}{path}", data=fields, trust_env=False)

    def get(self, path, **headers):
        return httpx2.get(f"{self.base}{path}", headers=headers, trust_env=False)

    def stop(self):
        self.transport.close()
        self._listening.shutdown()
        self._listening.server_close()


@pytest.fixture
def home(tmp_path):
    return tmp_path / "orders.jsonl"


@pytest.fixture
def served(home):
    found = Served(Journal(home))
    yield found
    found.stop()


def test_a_label_that_is_bought_has_its_tracking_number_as_barcode(served):
    bought = served.client.buy(REQUEST)
    assert barcodes_of(bought.label) == [[bought.tracking_number]]
    assert barcodes_of(served.client.fetch(bought.identifier).label) == [[bought.tracking_number]]
    untracked = served.client.buy(replace(REQUEST, reference="SO000013-1-c0fe", service_code="CRL1"))
    assert (untracked.tracking_number, barcodes_of(untracked.label)) == ("", [[]])
    assert served.get("/books").json()["brokenRules"] == []


def test_its_books_outlive_it_and_a_line_that_was_cut_off_is_dropped(served, home):
    kept = served.client.buy(REQUEST)
    gone = served.client.buy(replace(REQUEST, reference="SO000013-1-c0fe"))
    served.client.void(gone.identifier)
    before = served.get("/books").json()
    with home.open("ab") as file:
        file.write(b'{"identifier": 1002, "refer')
    again = Served(Journal(home))
    try:
        assert again.get("/books").json() == before
        assert again.client.find(REQUEST.reference).tracking_number == kept.tracking_number
        third = again.client.buy(replace(REQUEST, reference="SO000014-1-c0fe"))
        assert third.identifier == "1002"
    finally:
        again.stop()
    assert [order.reference for order in Journal(home).orders()] == [
        REQUEST.reference, "SO000013-1-c0fe", "SO000014-1-c0fe",
    ]  # fmt: skip


def test_the_sixth_call_within_a_second_is_refused_and_nothing_is_made(served):
    eager = served.connect()
    for _ in range(5):
        assert eager.find("SO000012-1-c0fe") is None
    with pytest.raises(Throttled):
        eager.buy(REQUEST)
    assert served.get("/books").json()["orders"] == []
    served.next_second()
    assert eager.buy(REQUEST).label


@pytest.mark.parametrize(
    ("fault", "error", "made"),
    [
        (Fault.TOO_MANY, Throttled, 0),
        (Fault.DOWN, ServerFault, 0),
        (Fault.FAILS_AFTERWARDS, ServerFault, 1),
        (Fault.HTML, NotUnderstood, 1),
        (Fault.CUT_BEFORE, NotReached, 0),
        (Fault.CUT_AFTER, NotReached, 1),
    ],
)
def test_a_fault_of_its_page_meets_the_next_call_alone(served, fault, error, made):
    assert served.post("/faults", fault=fault.value, count="1").status_code == 303
    assert fault in served.server.faults
    with pytest.raises(error):
        served.client.buy(REQUEST)
    assert len(served.get("/books").json()["orders"]) == made
    assert served.client.buy(replace(REQUEST, reference="SO000013-1-c0fe")).label


def test_its_page_sets_what_the_account_is(served):
    assert served.post("/settings", labels_fail="on", slow="0").status_code == 303
    bought = served.client.buy(REQUEST)
    assert (bought.label, bought.label_error) == (None, "LabelFailed: The label could not be generated.")
    served.post("/settings", card="on", slow="0")
    with pytest.raises(NotAllowed):
        served.client.fetch(bought.identifier)
    page = served.get("/").text
    assert "SO000012-1-c0fe" in page
    assert "new, without a label" in page
    for bad in ({"slow": "121"}, {"slow": "nan"}, {"slow": "soon"}):
        assert served.post("/settings", **bad).status_code == 400
    for bad in ({"fault": "meteor"}, {"fault": "429", "count": "0"}):
        assert served.post("/faults", **bad).status_code == 400


def test_no_other_site_presses_its_buttons(served):
    for headers in ({"host": "evil.example"}, {"origin": "https://evil.example"}, {"origin": "null"}):
        assert served.get("/books", **headers).status_code == 400
    assert served.get("/books", origin=served.base).status_code == 200


def test_the_end_of_the_day_takes_every_label_of_the_account_once(served):
    first = served.client.buy(REQUEST)
    served.client.buy(replace(REQUEST, reference="other-1"))
    key = {"authorization": f"Bearer {KEY}"}
    served.next_second()
    made = httpx2.post(f"{served.base}/api/v1/manifests", headers=key, trust_env=False)
    assert (made.status_code, made.json()["manifestNumber"]) == (201, 1)
    assert [order.manifest for order in served.server.account.orders] == [1, 1]
    again = httpx2.post(f"{served.base}/api/v1/manifests", headers=key, trust_env=False)
    assert again.status_code == 400
    shown = served.get("/api/v1/manifests/1", **key)
    assert (shown.json()["status"], served.get("/api/v1/manifests/2", **key).status_code) == ("Completed", 404)
    answer = httpx2.delete(f"{served.base}/api/v1/orders/{first.identifier}", headers=key, trust_env=False)
    assert answer.json()["errors"][0]["code"] == "Manifested"
