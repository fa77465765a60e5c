"""Pages that belong to no room: the brand's colours, media files, the choice of language, what is too large."""

from __future__ import annotations

import contextlib
import mimetypes
from pathlib import Path

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousFileOperation, TooManyFieldsSent, TooManyFilesSent
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect, RawPostDataException
from django.template.loader import render_to_string
from django.utils._os import safe_join
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language

from groups.brands.style import css_of, version_of
from groups.http import PortalRequest
from groups.models import User

A_YEAR_SECONDS = 31_536_000
# The public folders and how long browsers keep what lies there: images are named by their content, logos are not.
PUBLIC_MEDIA = {"images": f"public, max-age={A_YEAR_SECONDS}, immutable", "brands": "public, max-age=3600"}
MOST_READ_AWAY = 100 * 1024 * 1024


@require_safe
def brand_css(request: PortalRequest) -> HttpResponse:
    """Gives the brand's colours as CSS variables; kept for a year where the address names this very version."""
    version = version_of(request.brand)
    response = HttpResponse(css_of(request.brand), content_type="text/css; charset=utf-8")
    is_named = request.GET.get("v") == version
    response["Cache-Control"] = f"public, max-age={A_YEAR_SECONDS}, immutable" if is_named else "public, max-age=60"
    response["ETag"] = f'"{version}"'
    return response


@require_safe
def media(request: HttpRequest, path: str) -> FileResponse:
    """Gives a logo or an image of a mail, to anybody; everything else that is kept beside them does not exist here."""
    folder = path.split("/", 1)[0]
    if folder not in PUBLIC_MEDIA:
        raise Http404
    try:
        file = Path(safe_join(settings.MEDIA_ROOT, path))
    except (SuspiciousFileOperation, ValueError) as error:
        raise Http404 from error
    kept_in = Path(settings.MEDIA_ROOT, folder).resolve()
    if not file.is_file() or not file.resolve().is_relative_to(kept_in):
        raise Http404
    content_type = mimetypes.guess_type(file.name)[0] or ""
    if content_type not in ("image/png", "image/jpeg", "image/gif", "image/webp"):
        raise Http404
    response = FileResponse(file.open("rb"), content_type=content_type)
    response["Cache-Control"] = PUBLIC_MEDIA[folder]
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Says that what was sent is too large or has too many parts (413), or that it cannot be read (400).

    Nobody is signed in yet where this is answered, so that the page stands alone.
    """
    is_too_large = isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent)
    if is_too_large:
        _read_away(request)
    context = {"is_too_large": is_too_large, "most_megabytes": settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024**2}
    return HttpResponse(render_to_string("400.html", context), status=413 if is_too_large else 400)


def _read_away(request: HttpRequest) -> None:
    """Takes what a browser is still sending and keeps none of it: else it would show a broken connection instead."""
    left = MOST_READ_AWAY
    with contextlib.suppress(OSError, RawPostDataException):
        while left > 0 and (chunk := request.read(min(left, 64 * 1024))):
            left -= len(chunk)


@require_POST
def choose_language(request: PortalRequest) -> HttpResponse:
    """Speaks another language from now on; a person who is signed in is greeted in it on every machine."""
    language = request.POST.get("language", "")
    offered = dict(request.brand.offered_languages)
    if isinstance(request.user, User) and language in offered and check_for_language(language):
        User.objects.filter(pk=request.user.pk).update(language=language)
    response = set_language(request)
    return response if isinstance(response, HttpResponse) else HttpResponseRedirect("/")
