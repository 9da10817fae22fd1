import json
import logging

import pytest

from wharfinger.config.logs import JsonLines, without_secrets

SECRETS = {
    "access token": ("calling with Atza|IwEBIabc-123_x", "IwEBIabc-123_x"),
    "refresh token": ("kept Atzr|IwEBIdef.ghi for the account", "IwEBIdef.ghi"),
    "client secret": ("amzn1.oa2-cs.v1.0123abcdef was refused", "0123abcdef"),
    "code in an address": ("GET /amazon/callback?state=st4te&spapi_oauth_code=c0de&x=1", "c0de"),
    "state in an address": ("GET /amazon/callback?state=st4te&spapi_oauth_code=c0de&x=1", "st4te"),
    "form body": ("grant_type=refresh_token&refresh_token=r3fresh&client_secret=s3cret", "s3cret"),
    "json body": ('{"access_token": "t0ken", "token_type": "bearer"}', "t0ken"),
    "python body": ("{'refresh_token': 'r3fresh'}", "r3fresh"),
    "header": ("{'x-amz-access-token': 't0ken'}", "t0ken"),
    "bearer": ("Authorization: Bearer abc.def", "abc.def"),
    "database address": ("postgresql://shop:s3cret@db.example/shop", "s3cret"),
}


def line(message, *args, **extra):
    record = logging.getLogger("test").makeRecord("test", logging.INFO, __file__, 1, message, args, None, extra=extra)
    return JsonLines().format(record)


@pytest.mark.parametrize(("text", "secret"), SECRETS.values(), ids=SECRETS)
def test_a_secret_is_taken_out_of_a_message(text, secret):
    assert secret not in without_secrets(text)
    assert secret not in line(text)
    assert secret not in line("%s", text)
    assert secret not in line("call", body=text)


def test_a_secret_is_taken_out_of_an_error():
    try:
        raise ValueError("refused refresh_token=r3fresh")
    except ValueError as error:
        record = logging.makeLogRecord({"msg": "failed", "exc_info": (type(error), error, error.__traceback__)})
    told = JsonLines().format(record)
    assert "r3fresh" not in told
    assert "ValueError" in told


def test_a_line_is_one_json_object_and_keeps_the_rest():
    told = json.loads(line("took %s orders\nof account 7", 12, flow="orders_in", account_id=7))
    assert told["message"] == "took 12 orders\nof account 7"
    assert (told["level"], told["logger"], told["flow"], told["account_id"]) == ("info", "test", "orders_in", 7)
