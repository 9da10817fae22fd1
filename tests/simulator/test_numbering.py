"""What Amazon draws by lot is drawn by the seed: the same calls make the same world, tokens and documents included."""

import uuid

from tests.simulator.conftest import EU, Amazon
from tests.simulator.feeding import LISTINGS, listings, quantity, worked
from tests.simulator.grantless import NOTIFICATIONS, ask_token
from tests.simulator.reporting import ask

from amazon_simulator.snapshot import save


def lived(seed=1, home=None):
    """A world in which a program has done a little of everything that gives numbers."""
    amazon = Amazon(home, seed=seed)
    ask_token(amazon, grant_type="client_credentials", scope=NOTIFICATIONS)
    order = amazon.order()
    amazon.confirm(order)
    amazon.set_quantity("HH-0011", 5)
    worked(amazon, LISTINGS, listings(quantity(1, "HH-0012", 5)))
    ask(amazon, "GET_MERCHANT_LISTINGS_ALL_DATA")
    amazon.advance(600)
    return amazon


def test_the_same_calls_make_the_same_world_to_the_byte():
    first, second, other = lived(), lived(), lived(seed=2)
    assert save(first.simulator) == save(second.simulator)
    assert first.control("GET", "books") == second.control("GET", "books")
    drawn = [set(one.simulator.application.access) for one in (first, other)]
    assert not drawn[0] & drawn[1]


def test_numbers_go_on_over_a_kill(tmp_path):
    before = lived(home=tmp_path)
    drawn = {before.simulator.numbering.uuid("request", 1.0) for _ in range(3)}
    before.control("GET", "accounts")
    before.simulator.close()
    after = Amazon(tmp_path)
    assert after.simulator.numbering.uuid("request", 1.0) not in drawn
    after.simulator.close()


def test_every_call_has_a_uuid_of_its_own(amazon):
    path, headers = f"/listings/2021-08-01/items/{EU}/HH-0010", {"x-amz-access-token": amazon.token()}
    answers = [amazon.send("GET", path, headers=given) for given in (headers, headers, {})]
    numbers = [answer.headers["x-amzn-RequestId"] for answer in answers]
    assert len(set(numbers)) == 3
    assert [str(uuid.UUID(number)) for number in numbers] == numbers
    assert {uuid.UUID(number).version for number in numbers} == {4}
