import pytest

from wharfinger.domain.installation.alerts import EmailMessage, MailWay, email_of_alert, mail_way


@pytest.mark.parametrize(
    ("entered", "environment", "demo", "way"),
    [
        (True, True, True, MailWay.ENTERED),
        (False, True, True, MailWay.ENVIRONMENT),
        (False, False, True, MailWay.FILES),
        (False, False, False, MailWay.NONE),
        (False, True, False, MailWay.ENVIRONMENT),
    ],
)
def test_how_e_mail_leaves(entered, environment, demo, way):
    assert mail_way(entered=entered, environment=environment, demo=demo) is way


def test_a_letter_says_what_it_is_what_to_do_and_where():
    assert email_of_alert(
        "Client secret expires", "It ends.", "Rotate it.", "/settings/", "https://h.example"
    ) == EmailMessage(
        "Wharfinger: Client secret expires",
        "It ends.\n\nWhat to do: Rotate it.\n\nhttps://h.example/settings/\n\n--\n"
        "Wharfinger at https://h.example\nAll alerts: https://h.example/alerts/\n",
    )
