"""Login with Amazon: the token endpoint with its grants and documented errors.

Source: developer-docs connect-to-the-selling-partner-api; bodies as integrators saw them.
"""

from amazon_simulator.application import ACCESS_LIVES, CLIENT_ID, CLIENT_SECRET, Application
from amazon_simulator.http import Request, Response, answer_json

REVOKED = (
    "The request has an invalid grant parameter : refresh_token. User may have revoked or didn't grant the permission."
)
SCOPES = ("sellingpartnerapi::notifications", "sellingpartnerapi::client_credential:rotation")


def give_token(application: Application, request: Request, now: float) -> Response:
    """POST /auth/o2/token with a form body."""
    form = request.form()
    grant = form.get("grant_type", "")
    if not grant:
        return _refuse(
            400, "unsupported_grant_type", "The authorization grant type is not supported by the authorization server"
        )
    if form.get("client_id") != CLIENT_ID or form.get("client_secret") != CLIENT_SECRET:
        return _refuse(401, "invalid_client", "Client authentication failed")
    match grant:
        case "authorization_code":
            token = application.use_code(form.get("code", ""), now)
            if token is None:
                return _refuse(400, "invalid_grant", "The request has an invalid grant parameter : code")
            return _grant(application, token.seller, token.token, now)
        case "refresh_token":
            held = application.refresh.get(form.get("refresh_token", ""))
            if held is None or held.revoked:
                return _refuse(400, "invalid_grant", REVOKED)
            return _grant(application, held.seller, held.token, now)
        case "client_credentials":
            scope = form.get("scope", "")
            if scope not in SCOPES:
                return _refuse(400, "invalid_scope", "The request has an invalid parameter : scope")
            access = application.grant_access("", now, scope)
            return answer_json({"access_token": access.token, "token_type": "bearer", "expires_in": int(ACCESS_LIVES)})
        case _:
            text = "The authorization grant type is not supported by the authorization server"
            return _refuse(400, "unsupported_grant_type", text)


def _grant(application: Application, seller: str, refresh_token: str, now: float) -> Response:
    access = application.grant_access(seller, now)
    return answer_json(
        {
            "access_token": access.token,
            "token_type": "bearer",
            "expires_in": int(ACCESS_LIVES),
            "refresh_token": refresh_token,
        }
    )


def _refuse(status: int, error: str, description: str) -> Response:
    return answer_json({"error_description": description, "error": error}, status)
