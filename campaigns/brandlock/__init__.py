"""Brand lock: templates that cannot be broken. Pure: strings and dataclasses in, strings and dataclasses out."""

from __future__ import annotations

from .compile import Compiled, compile_source
from .context import ImageRef, MergeTag, RenderContext
from .fields import FieldSpec, FieldType, Format, SectionSpec
from .findings import BrandLockError, Finding, SourceRefused, ValuesRefused
from .lint import DEFAULT_LIQUID_TAGS
from .proof import Proof, prove
from .render import Rendered, Target, render
from .sanitise import clean_text
from .trigger import braze_source, trigger_properties
from .values import check_values, clean_values, default_values, standing

__all__ = [
    "DEFAULT_LIQUID_TAGS",
    "BrandLockError",
    "Compiled",
    "FieldSpec",
    "FieldType",
    "Finding",
    "Format",
    "ImageRef",
    "MergeTag",
    "Proof",
    "RenderContext",
    "Rendered",
    "SectionSpec",
    "SourceRefused",
    "Target",
    "ValuesRefused",
    "braze_source",
    "check_values",
    "clean_text",
    "clean_values",
    "compile_source",
    "default_values",
    "prove",
    "render",
    "standing",
    "trigger_properties",
]
