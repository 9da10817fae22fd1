"""Which host names are answered."""

import pytest
from tests.web.client import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("host", ["evil.example", "a b", "x\x00y", "", ".", "[::1", "testserver.evil.example"])
def test_a_host_of_somebody_elses_is_a_bad_request_without_a_traceback_or_a_mail(host, caplog, mailoutbox):
    for path in ("/", "/sign-in/", "/no-such-page/"):
        answer = Client(headers={"host": host}).get(path)
        assert (answer.status_code, "WHARFINGER_ALLOWED_HOSTS" in answer.text) == (400, True)
        assert Client(headers={"host": host}).post(path, {"a": "b"}).status_code == 400
    assert [record for record in caplog.records if record.exc_info or record.levelname != "WARNING"] == []
    assert mailoutbox == []


@pytest.mark.parametrize("host", ["testserver", "10.0.0.7", "evil.example", "a b", ""])
def test_health_is_reported_whatever_the_host(host):
    answer = Client(headers={"host": host}).get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")


def test_a_request_that_is_refused_before_anyone_looked_who_asks_is_a_400(settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 5
    answer = Client(raise_request_exception=False).post("/sign-in/", {f"f{n}": "x" for n in range(9)})
    assert (answer.status_code, "too many fields" in answer.text) == (400, True)
