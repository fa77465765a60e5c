"""Messages rendered as one person would get them, within limits that hold for any text.

A hostile text cannot hang a worker: its size, its tags, every step of its rendering, the length of every value and of
the output, and the time are bounded. python-liquid is imported on first use.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from time import monotonic
from typing import TYPE_CHECKING, Final

from braze_client.liquid.errors import LiquidLimitReached, LiquidRefused, LiquidSyntaxInvalid
from braze_client.liquid.filters import BRAZE_FILTERS, bounded
from braze_client.liquid.names import REFERENCE_ROOTS
from braze_client.liquid.tags import contains_liquid, tags_in
from braze_client.liquid.translating import to_plain_liquid

if TYPE_CHECKING:
    from liquid import BoundTemplate, Environment

MOST_SOURCE_CHARACTERS: Final = 4_000_000
MOST_TAGS: Final = 20_000
MOST_STEPS: Final = 200_000
MOST_OUTPUT_BYTES: Final = 8_000_000
MOST_LOCAL_BYTES: Final = 4_000_000
LONGEST_SECONDS: Final = 2.0
STEPS_BETWEEN_LOOKS: Final = 64


def render(template_text: str, profile_context: Mapping[str, object], *, as_braze: bool = False) -> str:
    """Returns the text as one person would get it.

    `profile_context` holds standard attributes and subscription URLs by their Liquid names, and mappings under
    `custom_attribute`, `api_trigger_properties`, `campaign`, `subscribed_state`; what is missing is empty. Raises
    `MessageAborted`, `LiquidSyntaxInvalid`, `LiquidLimitReached`, and `LiquidRefused` for tags and names outside
    contract section 17; `as_braze` accepts those and leaves them empty instead (B-LIQ-5). Connected content is never
    fetched.
    """
    if not contains_liquid(template_text):
        return template_text
    from liquid.exceptions import LiquidError as EngineError
    from liquid.exceptions import ResourceLimitError

    roots = {name: _Lookup(_mapping(profile_context.get(name))) for name in REFERENCE_ROOTS}
    try:
        return _compiled(template_text, as_braze).render(braze=_Lookup(profile_context), **roots)
    except (ResourceLimitError, RecursionError) as error:
        raise LiquidLimitReached(_first_line(error)) from error
    except EngineError as error:
        raise LiquidSyntaxInvalid(_first_line(error)) from error


def verify(template_text: str, *, as_braze: bool = False) -> None:
    """Raises what `render` would raise for anybody: `LiquidRefused`, `LiquidSyntaxInvalid` or `LiquidLimitReached`."""
    if contains_liquid(template_text):
        _compiled(template_text, as_braze)


class _Lookup(dict[str, object]):
    """A mapping in which every name exists: Braze renders what a profile lacks as nothing."""

    def __missing__(self, key: str) -> None:
        return None


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


@functools.lru_cache(maxsize=256)
def _compiled(template_text: str, as_braze: bool) -> BoundTemplate:
    from liquid.exceptions import LiquidError as EngineError
    from liquid.exceptions import ResourceLimitError

    if len(template_text) > MOST_SOURCE_CHARACTERS:
        raise LiquidLimitReached(f"The text has more than {MOST_SOURCE_CHARACTERS:,} characters.")
    if len(tags_in(template_text)) > MOST_TAGS:
        raise LiquidLimitReached(f"The text has more than {MOST_TAGS:,} Liquid tags.")
    source = to_plain_liquid(template_text, as_braze=as_braze)
    try:
        template = _environment().from_string(source)
        unknown = set(template.global_variables()) - REFERENCE_ROOTS - {"braze"}
    except (ResourceLimitError, RecursionError) as error:
        raise LiquidLimitReached(_first_line(error)) from error
    except EngineError as error:
        raise LiquidSyntaxInvalid(_first_line(error)) from error
    if unknown and not as_braze:
        raise LiquidRefused(f"Unknown name in Liquid: {', '.join(sorted(unknown))}.")
    return template


@functools.cache
def _environment() -> Environment:
    from collections.abc import Iterator
    from contextlib import contextmanager

    from liquid import BoundTemplate, Environment, RenderContext
    from liquid.builtin.tags.for_tag import ForLoop

    class CountedContext(RenderContext):
        """Counts every node that is rendered and every round of a loop, and looks at the clock now and then."""

        def __init__(self, *args: object, **kwargs: object) -> None:
            self.steps = 0
            self.ends_at = monotonic() + LONGEST_SECONDS
            super().__init__(*args, **kwargs)  # type: ignore[arg-type]

        @property
        def disabled_tags(self) -> list[str]:
            """The tags that are disabled; python-liquid asks for them before each node."""
            self.count(1)
            return self._disabled_tags

        @disabled_tags.setter
        def disabled_tags(self, names: list[str]) -> None:
            self._disabled_tags = names

        @contextmanager
        def loop(self, namespace: Mapping[str, object], forloop: ForLoop) -> Iterator[RenderContext]:  # type: ignore[override]
            """Enters a loop, whose rounds count even where its body is empty."""
            self.count(forloop.length)
            with super().loop(namespace, forloop) as context:
                yield context

        def count(self, steps: int) -> None:
            """Counts steps and ends a rendering that has too many, or takes too long."""
            before, self.steps = self.steps, self.steps + steps
            if self.steps > MOST_STEPS:
                raise LiquidLimitReached(f"The text takes more than {MOST_STEPS:,} steps to render.")
            if self.steps // STEPS_BETWEEN_LOOKS != before // STEPS_BETWEEN_LOOKS and monotonic() > self.ends_at:
                raise LiquidLimitReached(f"The text takes more than {LONGEST_SECONDS:g} seconds to render.")

    class CountedTemplate(BoundTemplate):
        context_class = CountedContext

    class BoundedEnvironment(Environment):
        template_class = CountedTemplate
        loop_iteration_limit = MOST_STEPS
        output_stream_limit = MOST_OUTPUT_BYTES
        local_namespace_limit = MOST_LOCAL_BYTES

    environment = BoundedEnvironment()
    environment.filters.update(BRAZE_FILTERS)
    environment.filters.update({name: bounded(name, made) for name, made in environment.filters.items()})
    return environment


def _first_line(error: BaseException) -> str:
    return str(error).partition("\n")[0]
