"""Problems and alerts."""

from tests.factories.ground import NOW

from wharfinger.db.models import Alert
from wharfinger.domain.installation.subjects import AboutAccount, AlertKey


def an_alert(text="Access is lost.", **values):
    defaults = {
        "kind": "authorisation_lost",
        "key": AlertKey(AboutAccount(1), str(Alert.objects.count())),
        "subject": AboutAccount(1),
        "remedy": "Authorise.",
        "raised_at": NOW,
    }
    return Alert.objects.create(text=text, **{**defaults, **values})
