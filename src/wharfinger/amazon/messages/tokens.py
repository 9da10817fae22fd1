"""Login with Amazon, as JSON. Source: developer-docs.amazon.com/sp-api/docs/connect-to-the-selling-partner-api."""

from wharfinger.amazon.messages.wire import Message


class TokenAnswer(Message, frozen=True, kw_only=True, rename=None):
    """What the token endpoint gives; `expires_in` in seconds. Its members are snake_case at Amazon too."""

    access_token: str
    expires_in: int = 3600
    refresh_token: str | None = None
    token_type: str | None = None

    def __repr__(self) -> str:
        return "<TokenAnswer: secret>"


class TokenRefusal(Message, frozen=True, kw_only=True, rename=None):
    """What the token endpoint says when it refuses; more members may come (behaviour A14)."""

    error: str
    error_description: str | None = None
    request_id: str | None = None
