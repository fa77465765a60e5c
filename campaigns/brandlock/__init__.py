"""Brand lock: templates that cannot be broken. Pure: strings and dataclasses in, strings and dataclasses out."""

from __future__ import annotations

from .carrying import Carried, Carry, Fate, carry_values
from .checking import check_values
from .compile import compile_source
from .compiled import Compiled
from .context import ImageRef, MergeTag, RenderContext, Snippet
from .fields import FieldSpec, FieldType, Format, Lock, Option, SectionSpec
from .filling import fill_merge_tags
from .findings import BrandLockError, Finding, SourceRefused, ValuesRefused
from .lint import DEFAULT_LIQUID_TAGS
from .personal import PersonalValue, personal_properties, refuse_personal_clashes
from .proof import Proof, prove
from .render import Rendered, Target, render
from .sanitise import clean_text
from .snippets import compile_snippet
from .trigger import braze_source, trigger_properties
from .types import parts_of_type
from .values import clean_values, default_values, named_values
from .worst import emptiest_values, longest_values

__all__ = [
    "DEFAULT_LIQUID_TAGS",
    "BrandLockError",
    "Carried",
    "Carry",
    "Compiled",
    "Fate",
    "FieldSpec",
    "FieldType",
    "Finding",
    "Format",
    "ImageRef",
    "Lock",
    "MergeTag",
    "Option",
    "PersonalValue",
    "Proof",
    "RenderContext",
    "Rendered",
    "SectionSpec",
    "Snippet",
    "SourceRefused",
    "Target",
    "ValuesRefused",
    "braze_source",
    "carry_values",
    "check_values",
    "clean_text",
    "clean_values",
    "compile_snippet",
    "compile_source",
    "default_values",
    "emptiest_values",
    "fill_merge_tags",
    "longest_values",
    "named_values",
    "parts_of_type",
    "personal_properties",
    "prove",
    "refuse_personal_clashes",
    "render",
    "trigger_properties",
]
