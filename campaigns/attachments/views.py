"""The address of an attachment: for Braze, and for whoever was shown it; nobody signs in here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from csp.constants import NONE
from csp.decorators import csp
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from campaigns.models import Attachment

V = TypeVar("V", bound=Callable[..., HttpResponse])


def inert(view: V) -> V:
    """Gives what is served the policy of a thing that does nothing, should a browser ever show it."""
    return cast(V, csp({"default-src": [NONE], "frame-ancestors": [NONE]})(view))


@require_safe
@inert
def attachment_file(request: HttpRequest, token: str, sha256: str, extension: str) -> HttpResponse:
    """Gives a file to anybody who knows its address, which nobody can guess; it is only ever downloaded.

    Braze takes the type from the Content-Type (contract, section 13.1). What hung on a mailing that was handed over
    stays here, whatever became of the mailing since.
    """
    attachment = Attachment.objects.filter(token=token, sha256=sha256, extension=extension).first()
    if attachment is None:
        raise Http404
    try:
        with default_storage.open(str(attachment.file.name)) as file:
            response = HttpResponse(file.read(), content_type=attachment.content_type)
    except FileNotFoundError as error:
        raise Http404 from error
    response["Content-Disposition"] = content_disposition_header(True, attachment.full_name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=300"
    response["X-Robots-Tag"] = "noindex"
    return response
