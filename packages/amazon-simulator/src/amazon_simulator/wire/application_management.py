"""Application management 2023-11-30: the client secret's rotation. Source: model application_2023-11-30.json."""

from amazon_simulator.access.application import Application
from amazon_simulator.core.http import Response
from amazon_simulator.protocol.errors import refuse
from amazon_simulator.protocol.routing import Call, Route

SCOPE = "sellingpartnerapi::client_credential:rotation"
NOT_ENROLLED = (
    "Application is not enrolled for rotation notification. "
    "Please update application notification preference in Developer console."
)


def routes(application: Application) -> tuple[Route, ...]:
    return (
        Route(
            "rotateApplicationClientSecret",
            "POST",
            "/applications/2023-11-30/clientSecret",
            lambda call: rotate_client_secret(application, call),
            SCOPE,
        ),
    )


def rotate_client_secret(application: Application, call: Call) -> Response:
    """204 without a body: the new secret goes to the registered queue and nowhere else."""
    if not application.registration.notification_queue:
        return refuse(400, "InvalidInput", NOT_ENROLLED, kind="InvalidInputException")
    application.rotate_secret(call.now)
    return Response(204)
