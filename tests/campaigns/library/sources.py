"""What the library's tests publish and upload."""

from __future__ import annotations

from io import BytesIO

from PIL import Image as Picture

SOURCE = """<mjml lang="en" dir="ltr">
  <mj-head>
    <mj-title data-field="subject" data-type="line" data-label="Subject">Hello</mj-title>
  </mj-head>
  <mj-body>
    <mj-section>
      <mj-column>
        <mj-text>
          <span data-field="headline" data-type="line" data-label="Headline" data-max="60">What is new</span>
        </mj-text>
        <mj-text>[[group.address]] <a href="[[unsubscribe_url]]">Unsubscribe</a></mj-text>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>
"""
# Line 7 gets a tag that MJML does not know; nothing else is wrong.
BROKEN = SOURCE.replace("      <mj-column>\n", "      <mj-column><mj-bogus/>\n", 1)


def a_picture_file(kind: str = "JPEG", size: tuple[int, int] = (40, 30), color: str = "#224466") -> bytes:
    """Gives the bytes of a plain picture."""
    out = BytesIO()
    Picture.new("RGB", size, color).save(out, kind)
    return out.getvalue()
