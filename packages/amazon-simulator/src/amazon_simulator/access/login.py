"""Login with Amazon: the token endpoint with its grants and documented errors.

Source: developer-docs connect-to-the-selling-partner-api; bodies as integrators saw them (docs#466, docs#2379,
docs#3030, jlevers#578; peddler's recordings).
"""

from amazon_simulator.access.application import ACCESS_LIVES, CLIENT_ID, Application
from amazon_simulator.core.http import Request, Response, answer_json

REVOKED = (
    "The request has an invalid grant parameter : refresh_token. User may have revoked or didn't grant the permission."
)
SCOPES = ("sellingpartnerapi::notifications", "sellingpartnerapi::client_credential:rotation")
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
BODIES = (FORM, JSON)
"""Amazon's own SDKs send JSON as well as forms."""
WANTED = {"authorization_code": "code", "refresh_token": "refresh_token", "client_credentials": "scope"}
"""Grant → the parameter that it cannot do without."""
NO_CLIENT = (401, "invalid_client", "Client authentication failed")


def give_token(application: Application, request: Request, now: float) -> Response:
    """POST /auth/o2/token with a form or a JSON object as its body; parameters in the address are refused."""
    if request.method != "POST":
        response = _refuse(405, "invalid_request", "The method is not supported by the token endpoint")
        response.headers["allow"] = "POST"
        return response
    kind = request.headers.get("content-type", FORM).partition(";")[0].strip().lower()
    if kind not in BODIES or request.query:
        return _refuse(*NO_CLIENT)
    form = request.form() if kind == FORM else _members(request)
    grant = form.get("grant_type", "")
    if grant not in WANTED:
        return _unsupported(application, now)
    if form.get("client_id") != CLIENT_ID or not application.knows(form.get("client_secret", ""), now):
        return _refuse(*NO_CLIENT)
    if not form.get(WANTED[grant]):
        return _refuse(400, "invalid_request", f"The request is missing a required parameter : {WANTED[grant]}")
    if application.registration.mws_only:
        return _refuse(400, "unauthorized_client", "Not authorized for requested operation")
    return _granted(application, grant, form, now)


def _members(request: Request) -> dict[str, str]:
    """The texts of a JSON object; of anything else none."""
    try:
        body = request.json()
    except ValueError:
        return {}
    members = body.items() if isinstance(body, dict) else ()
    return {name: value for name, value in members if isinstance(value, str)}


def _granted(application: Application, grant: str, form: dict[str, str], now: float) -> Response:
    match grant:
        case "authorization_code":
            token = application.use_code(form["code"], form.get("redirect_uri", ""), now)
            if token is None:
                return _refuse(400, "invalid_grant", "The request has an invalid grant parameter : code")
            return _tokens(application, token.seller, token.token, now)
        case "refresh_token":
            held = application.refresh.get(form["refresh_token"])
            if held is None or not application.lives(held, now):
                return _refuse(400, "invalid_grant", REVOKED)
            return _tokens(application, held.seller, held.token, now)
        case _:
            if form["scope"] not in SCOPES:
                return _refuse(400, "invalid_scope", "The request has an invalid parameter : scope")
            access = application.grant_access("", now, form["scope"])
            payload = {"access_token": access.token, "scope": form["scope"], "token_type": "bearer"}
            return answer_json({**payload, "expires_in": int(ACCESS_LIVES)})


def _tokens(application: Application, seller: str, refresh_token: str, now: float) -> Response:
    access = application.grant_access(seller, now, of=refresh_token)
    return answer_json(
        {
            "access_token": access.token,
            "token_type": "bearer",
            "expires_in": int(ACCESS_LIVES),
            "refresh_token": refresh_token,
        }
    )


def _unsupported(application: Application, now: float) -> Response:
    """With the members that no document names (behaviour A14)."""
    return answer_json(
        {
            "error_index": application.numbering.hexadecimal("error", now, 8).upper(),
            "error_description": "The authorization grant type is not supported by the authorization server",
            "error": "unsupported_grant_type",
            "request_id": application.numbering.uuid("request", now),
        },
        400,
    )


def _refuse(status: int, error: str, description: str) -> Response:
    return answer_json({"error_description": description, "error": error}, status)
