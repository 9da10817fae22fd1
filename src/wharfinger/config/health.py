from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse

from wharfinger.config.environment import START_HEADER

HEALTH_PATH = "/healthz"


def answer_health(request: HttpRequest) -> HttpResponse:
    """For the parent process and for monitoring: may this web process answer pages?"""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("The database does not answer.\n", content_type="text/plain", status=503)
    start = settings.WHARFINGER.start
    return HttpResponse("ok\n", content_type="text/plain", headers={START_HEADER: start} if start else {})
