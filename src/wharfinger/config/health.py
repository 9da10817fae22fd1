from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse


def answer_health(request: HttpRequest) -> HttpResponse:
    """For the parent process and for monitoring: may this web process answer pages?"""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("The database does not answer.\n", content_type="text/plain", status=503)
    return HttpResponse("ok\n", content_type="text/plain")
