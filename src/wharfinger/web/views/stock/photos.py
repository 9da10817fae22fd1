"""A photo of a barcode, from a page whose browser reads none itself: its codes, and nothing is kept."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from wharfinger.domain.installation.people import Right
from wharfinger.web.packing.barcode_photos import NoPhoto, codes_in
from wharfinger.web.rights import needs


@needs(Right.EDIT_STOCK)
@require_POST
def read_photo(request: HttpRequest) -> HttpResponse:
    """JSON: the codes, or one sentence of why there is none."""
    photo = request.FILES.get("photo")
    try:
        codes = codes_in(photo.read()) if photo is not None else ()
    except NoPhoto:
        said = gettext("This is no picture that can be read. Take a photo of the barcode, as JPEG, PNG or WebP.")
        return JsonResponse({"error": said}, status=422)
    if not codes:
        said = gettext("No barcode was found. Take the photo closer, in good light, or type the code.")
        return JsonResponse({"error": said}, status=422)
    return JsonResponse({"codes": codes})


routes = [path("scan/photo/", read_photo, name="scan-photo")]
