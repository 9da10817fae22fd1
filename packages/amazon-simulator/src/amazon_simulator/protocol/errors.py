"""Amazon's error bodies, verbatim. Source: sp-api response-format and recordings of the wire."""

from amazon_simulator.core.http import Response, answer_json

NOT_VALID = "The input you have submitted is not valid. Please check your input and try again."
DENIED = "Access to requested resource is denied."
EXPIRED = "The access token you provided has expired."
BAD_TOKEN = "The access token you provided is revoked, malformed or invalid."


def refuse(status: int, code: str, message: str, details: str = "", kind: str = "") -> Response:
    response = answer_json({"errors": [{"code": code, "message": message, "details": details}]}, status)
    if kind:
        response.headers["x-amzn-ErrorType"] = kind
    return response


def invalid(message: str = NOT_VALID, details: str = "") -> Response:
    return refuse(400, "InvalidInput", message, details, "InvalidInputException")


def without_message() -> Response:
    """A refusal without a message, as page tokens get it (models#2091, models#2576)."""
    response = answer_json({"errors": [{"message": None, "code": "InvalidInput"}]}, 400)
    response.headers["x-amzn-ErrorType"] = "InvalidQueryStringException"
    return response


def denied(details: str = "") -> Response:
    return refuse(403, "Unauthorized", DENIED, details, "AccessDeniedException")


SAY_WHICH = ("patchListingsItem", "putListingsItem")
"""Operations whose 429 names the budget that is used up. Source: listings-items-api-rate-limits."""
BUDGETS = {"application": "the application", "relationships": "relationships", "product data": "product data"}


def throttled(operation: str = "", of: str = "application") -> Response:
    """`of`: one of BUDGETS; other operations than SAY_WHICH do not name it."""
    message = "You exceeded your quota for the requested resource."
    if operation in SAY_WHICH:
        message = f"The frequency of requests was greater than what is allowed for {BUDGETS[of]}."
    return refuse(429, "QuotaExceeded", message, kind="TooManyRequestsException")


def broken(status: int) -> Response:
    if status == 503:
        return refuse(503, "ServiceUnavailable", "Service is temporarily unavailable. Please try again later.")
    message = "We encountered an internal error. Please try again."
    return refuse(status, "InternalFailure", message, kind="InternalFailure")


def page_of(html: str, status: int) -> Response:
    return Response(status, html.encode(), {"content-type": "text/html"})
