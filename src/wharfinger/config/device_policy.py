"""What of a device the browser may give to our pages: the camera, to read barcodes, and nothing else."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

POLICY = "camera=(self), microphone=(), geolocation=(), payment=(), usb=()"


def camera_for_us_alone(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", POLICY)
        return response

    return answer
