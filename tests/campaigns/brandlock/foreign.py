"""Mail from elsewhere made into templates by marking it, and what must come out, written without the tried code.

A template is its source with marks and the same source with `slots` in place of the marked parts; a slot is a word that
stands for one value. What a mail must be is the second text with values for slots, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import mrml

from campaigns.brandlock import Compiled, compile_source
from tests.shared_data import SHARED_DATA

OWN = Path(__file__).parents[2] / "corpora"
FOREIGN = SHARED_DATA / "corpora" / "html"
MOST_ITEMS = 3
SLOT = re.compile(r"zslot-([a-z0-9_.]+)-([A-Z]+)-tolsz")
FOOTER = (
    '<p>[[group.name]], [[group.street]] <a href="tel:[[group.phone]]">[[group.phone]]</a> for [[first_name]] '
    '<a href="[[unsubscribe_url]]" style="color:[[brand.accent]]" title="[[group.name]]">Unsubscribe</a></p>'
)
_TOKEN_SPOTS = (
    (r"tel:\[\[group\.phone\]\]", "tel:{}", "group.phone", "NUMBER"),
    (r'title="\[\[group\.name\]\]"', 'title="{}"', "group.name", "ATTRIBUTE"),
    (r"\[\[group\.([a-z]+)\]\]", "{}", "group", "TEXT"),
    (r"\[\[brand\.accent\]\]", "{}", "brand.accent", "STYLE"),
    (r"\[\[first_name\]\]", "{}", "first_name", "TEXT"),
    (r"\[\[unsubscribe_url\]\]", "{}", "unsubscribe_url", "URL"),
)


@dataclass(frozen=True)
class Layout:
    """Which sections stand: those that are left out, how often repeated ones stand, which variant of each choice."""

    absent: frozenset[str] = frozenset()
    counts: tuple[tuple[str, int], ...] = ()
    chosen: tuple[tuple[str, str], ...] = ()

    def times(self, section: str, choice: str = "") -> int:
        """Tells how often a section stands."""
        if choice:
            return int(dict(self.chosen).get(choice, section) == section)
        return dict(self.counts).get(section, 0 if section in self.absent else 1)


Write = Callable[[Layout, str], str]


@dataclass(frozen=True)
class Foreign:
    """A foreign mail as a template; `fields` are (name, type, repeated section or empty), `kind` is html or mjml."""

    name: str
    kind: str
    source: str
    fields: tuple[tuple[str, str, str], ...]
    optional: tuple[str, ...]
    repeated: tuple[str, ...]
    choices: tuple[tuple[str, tuple[str, ...]], ...]
    write: Write

    @cached_property
    def compiled(self) -> Compiled:
        """The template, compiled."""
        return compile_source(self.source, kind=self.kind)

    def expected(self, layout: Layout) -> str:
        """Gives the HTML that must come out, with slots for values."""
        html = self.write(layout, "")
        for pattern, form, name, kind in _TOKEN_SPOTS:
            html = re.sub(
                pattern,
                lambda match, form=form, name=name, kind=kind: form.format(  # type: ignore[misc]
                    slot(f"{name}.{match.group(1)}" if match.groups() else name, kind)
                ),
                html,
            )
        return html


def slot(name: str, kind: str) -> str:
    """Gives the word that stands for a value of a kind; INLINE is RICH text without blocks."""
    return f"zslot-{name}-{kind}-tolsz"


def foreign_paths() -> list[Path]:
    """Gives the mails to be made into templates: our own odd ones, and the shared ones where they are."""
    return [*sorted((OWN / "html").glob("*.html")), *sorted(FOREIGN.glob("*.html"))]


@cache
def marked(path: Path) -> Foreign:
    """Gives the template that a foreign mail is made into; the same one each time."""
    # The one style sheet of the shared mails that is fetched from elsewhere, which no template may do.
    text = re.sub(r'<link\b[^>]*rel="stylesheet"[^>]*>', "", path.read_bytes().decode())
    end = re.search(r"</body>", text, re.IGNORECASE)
    assert end is not None
    return _Marking(path.stem, text[: end.start()] + FOOTER + text[end.start() :]).foreign()


@dataclass(frozen=True)
class _Spot:
    """One marked element of a foreign mail: `marks` go behind its name, `write` gives what stands there instead."""

    start: int
    end: int
    marks: str
    write: Callable[[str], str]


_LEAF = re.compile(
    r"<(?P<tag>h[1-6]|td|p|div|span|font|b|i|em|center|small|blockquote|li|a)\b(?P<marks>(?:\"[^\"]*\"|'[^']*'|[^<>\"'])*)>"
    r"(?P<content>(?:[^<>{}%]|</?(?:b|i|em|strong|br|u)\b[^<>]*>)*)</(?P=tag)\s*>",
    re.IGNORECASE,
)
_IMAGE = re.compile(r"<img\b(?:\"[^\"]*\"|'[^']*'|[^<>\"'])*>", re.IGNORECASE)
_ROW = re.compile(
    r"<tr\b(?:\"[^\"]*\"|'[^']*'|[^<>\"'])*>(?:(?!<tr\b|</?table\b|\{%).)*?</tr\s*>", re.IGNORECASE | re.DOTALL
)
_APART = re.compile(r"<!--.*?(?:-->|--!>)|<head\b.*?</head>|\{%.*?%\}|\{\{.*?\}\}", re.IGNORECASE | re.DOTALL)
_WORD = re.compile(r"\w")
_KINDS = ("line", "choice", "date", "line", "time", "number", "price", "phone")
_PLAIN_MARKS = {"choice": ' data-options="Summer|Winter"', "price": ' data-currency="EUR"'}


class _Marking:
    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self.apart = [match.span() for match in _APART.finditer(text)]
        self.fields: list[tuple[str, str, str]] = []
        self.optional: list[str] = []
        self.repeated: list[str] = []
        self.choices: list[tuple[str, tuple[str, ...]]] = []

    def foreign(self) -> Foreign:
        rows = self.rows()
        spots = [*self.leaves(rows), *self.images(rows)]
        title = re.search(r"<title>[^<]*</title>", self.text, re.IGNORECASE)
        assert title is not None
        spots.append(self.title(title))
        spots.sort(key=lambda spot: spot.start)
        source = self.with_marks(spots, rows)

        def write(layout: Layout, _unused: str) -> str:
            return self.written(spots, rows, layout, 0, len(self.text), "")

        return Foreign(
            name=self.name,
            kind="html",
            source=source,
            fields=tuple(self.fields),
            optional=tuple(self.optional),
            repeated=tuple(self.repeated),
            choices=tuple(self.choices),
            write=write,
        )

    def is_apart(self, start: int, end: int) -> bool:
        return any(start < there and here < end for here, there in self.apart)

    def rows(self) -> list[tuple[int, int, str, str]]:
        """Gives rows that become sections: start, end, name, and the choice that they are a variant of."""
        found = [match.span() for match in _ROW.finditer(self.text)]
        found = [
            (start, end)
            for start, end in found
            if not any(start < b and a < end and not (start < a and b < end) for a, b in self.apart)
        ]
        rows: list[tuple[int, int, str, str]] = []
        for number, (start, end) in enumerate(found[:12]):
            name = f"row_{number}"
            follows = bool(rows) and not rows[-1][3] and not self.text[rows[-1][1] : start].strip()
            if number % 3 == 2 and follows and rows[-1][2] in self.repeated:
                self.repeated.remove(rows[-1][2])
                choice = f"choice_{number}"
                self.choices.append((choice, (rows[-1][2], name)))
                rows[-1] = (*rows[-1][:3], choice)
                rows.append((start, end, name, choice))
                continue
            (self.repeated if number % 3 == 1 else self.optional).append(name)
            rows.append((start, end, name, ""))
        return rows

    def repeat_at(self, rows: list[tuple[int, int, str, str]], start: int) -> str:
        return next((name for here, end, name, _ in rows if here <= start < end and name in self.repeated), "")

    def leaves(self, rows: list[tuple[int, int, str, str]]) -> Iterator[_Spot]:
        for number, match in enumerate(_LEAF.finditer(self.text)):
            start, end = match.span()
            tag = match["tag"].lower()
            if (
                self.is_apart(start, end)
                or "[[" in match.group()
                or len(self.fields) >= 60
                or start >= self.text.rindex(FOOTER)
            ):
                continue
            if not _WORD.search(match["content"]) or "display" in match["marks"]:
                continue
            name = f"field_{number}"
            repeat = self.repeat_at(rows, start)
            if tag == "a":
                kind = "button" if number % 4 else "phone"
            elif tag in {"td", "div", "p"} and number % 3:
                kind = "text"
            else:
                kind = _KINDS[number % len(_KINDS)]
            self.fields.append((name, kind, repeat))
            yield _Spot(
                start,
                end,
                f' data-field="{name}" data-type="{kind}"{_PLAIN_MARKS.get(kind, "")}',
                _leaf(match, name, kind),
            )

    def images(self, rows: list[tuple[int, int, str, str]]) -> Iterator[_Spot]:
        for number, match in enumerate(_IMAGE.finditer(self.text)):
            start, end = match.span()
            if self.is_apart(start, end) or len(self.fields) >= 60:
                continue
            name = f"image_{number}"
            self.fields.append((name, "image", self.repeat_at(rows, start)))

            def write(path: str, tag: str = match.group(), name: str = name) -> str:
                filled = _with_attribute(tag, "alt", slot(f"{path}{name}.alt", "ATTRIBUTE"))
                return _with_attribute(filled, "src", slot(f"{path}{name}.url", "URL"))

            yield _Spot(start, end, f" data-field={name} data-type='image'", write)

    def title(self, match: re.Match[str]) -> _Spot:
        self.fields.insert(0, ("subject", "line", ""))
        opening = match.group()[:7]

        def write(path: str) -> str:
            return f"{opening}{slot('subject', 'TEXT')}{match.group()[-8:]}"

        return _Spot(*match.span(), ' data-field="subject"', write)

    def with_marks(self, spots: list[_Spot], rows: list[tuple[int, int, str, str]]) -> str:
        """Gives the source with marks, each set behind the name of its tag."""
        inserts: list[tuple[int, str]] = []
        for spot in spots:
            inserts.append((_after_name(self.text, spot.start), spot.marks))
        for start, _end, name, choice in rows:
            marks = f" data-section={name} data-optional" if name in self.optional else f' data-section="{name}"'
            if name in self.repeated:
                marks = f" data-repeat='{name}' data-min=0 data-max={MOST_ITEMS}"
            inserts.append((_after_name(self.text, start), marks + (f' data-choose="{choice}"' if choice else "")))
        text = self.text
        for at, marks in sorted(inserts, reverse=True):
            text = text[:at] + marks + text[at:]
        return text

    def written(
        self,
        spots: list[_Spot],
        rows: list[tuple[int, int, str, str]],
        layout: Layout,
        start: int,
        end: int,
        path: str,
    ) -> str:
        """Gives a stretch of the mail with slots; `path` is that of the item that it is written for."""
        parts: list[str] = []
        at = start
        while at < end:
            row = next(
                (row for row in rows if at <= row[0] and row[1] <= end and (row[0], row[1]) != (start, end)), None
            )
            spot = next((spot for spot in spots if at <= spot.start and spot.end <= end), None)
            if row is not None and (spot is None or row[0] <= spot.start):
                parts.append(self.text[at : row[0]])
                times = layout.times(row[2], row[3])
                for number in range(1, times + 1):
                    inner = f"{row[2]}.{number}." if row[2] in self.repeated else path
                    parts.append(self.written(spots, [], layout, row[0], row[1], inner))
                at = row[1]
            elif spot is not None:
                parts += (self.text[at : spot.start], spot.write(path))
                at = spot.end
            else:
                parts.append(self.text[at:end])
                at = end
        return "".join(parts)


def _after_name(text: str, start: int) -> int:
    name = re.compile(r"<[a-zA-Z0-9-]+").match(text, start)
    assert name is not None
    return name.end()


def _leaf(match: re.Match[str], name: str, kind: str) -> Callable[[str], str]:
    whole, content = match.group(), match["content"]
    head = whole[: match.start("content") - match.start()]
    tail = whole[match.end("content") - match.start() :]
    tag = match["tag"].lower()

    def write(path: str) -> str:
        if kind == "text":
            return head + slot(f"{path}{name}", "INLINE" if tag == "p" else "RICH") + tail
        opening = head
        if kind in {"button", "phone"} and tag == "a":
            opening = _with_attribute(head, "href", slot(f"{path}{name}.url", "URL"))
        return opening + slot(f"{path}{name}", "TEXT") + tail

    assert content
    return write


def _with_attribute(tag: str, name: str, value: str) -> str:
    """Gives a start tag with an attribute's value: in its double quotes, else written anew behind the tag's name."""
    quoted = re.compile(rf'([\t\n\f\r ]{name}[\t\n\f\r ]*=[\t\n\f\r ]*")[^"]*"', re.IGNORECASE)
    if quoted.search(tag):
        return quoted.sub(lambda match: f'{match.group(1)}{value}"', tag, count=1)
    bare = re.compile(
        rf"[\t\n\f\r ]+{name}(?:[\t\n\f\r ]*=[\t\n\f\r ]*(?:'[^']*'|[^\t\n\f\r >]*))?(?=[\t\n\f\r />])", re.IGNORECASE
    )
    tag = bare.sub("", tag, count=1)
    at = _after_name(tag, 0)
    return f'{tag[:at]} {name}="{value}"{tag[at:]}'


_EDGE = "<!--edge-->"
_MARK = re.compile(r"""\s+data-[a-z-]+(?:=(?:"[^"]*"|'[^']*'))?""")
_MJML_LOOK = re.compile(
    r"<(?P<tag>[a-z0-9-]+)(?P<marks>[^<>]*\bdata-field=\"(?P<name>[a-z_]+)\"[^<>]*\bdata-attribute=\"(?P<look>[a-z-]+)\"[^<>]*)>"
)
_MJML_FIELD = re.compile(
    r"<(?P<tag>[a-z0-9-]+)(?P<marks>(?:(?!data-attribute)[^<>])*\bdata-field=\"(?P<name>[a-z_]+)\"(?:(?!data-attribute)[^<>])*?)"
    r"(?:/>|>(?:(?!</(?P=tag)>).)*</(?P=tag)>)",
    re.DOTALL,
)
_MJML_SECTION = re.compile(
    r"<(?P<tag>mj-section|p)\b(?P<marks>[^<>]*\bdata-(?:section|repeat)=\"(?P<name>[a-z_]+)\"[^<>]*)>(?:(?!</(?P=tag)>).)*</(?P=tag)>",
    re.DOTALL,
)


@cache
def everything() -> Foreign:
    """Gives our own MJML template with every type of field and every kind of section."""
    source = (OWN / "mjml" / "everything.mjml").read_text()

    def write(layout: Layout, _unused: str) -> str:
        text = _MJML_SECTION.sub(lambda match: _mjml_section(match, layout), source)
        text = _MJML_LOOK.sub(_mjml_look, _MJML_FIELD.sub(lambda match: _mjml_field(match, ""), text))
        text = _MARK.sub("", text)
        liquid = re.findall(r"\{\{.*?\}\}(?!\})|\{%.*?%\}", text)
        for number, tag in enumerate(liquid):
            text = text.replace(tag, f"zliquid{number}z", 1)
        html: str = mrml.to_html(
            text,
            mrml.ParserOptions(include_loader=mrml.noop_loader()),
            mrml.RenderOptions(disable_comments=False, fonts={}),
        ).content
        for number, tag in enumerate(liquid):
            html = html.replace(f"zliquid{number}z", tag)
        return html.replace(_EDGE, "")

    matches = [*_MJML_FIELD.finditer(source), *_MJML_LOOK.finditer(source)]
    types = {match["name"]: re.search(r'data-type="([a-z]+)"', match["marks"]) for match in matches}
    fields = {name: found.group(1) if found else "line" for name, found in types.items()}
    return Foreign(
        name="everything",
        kind="mjml",
        source=source,
        fields=tuple((name, kind, "events" if name in {"title", "words"} else "") for name, kind in fields.items()),
        optional=("offer", "when"),
        repeated=("events",),
        choices=(("season", ("summer", "winter")),),
        write=write,
    )


def _mjml_section(match: re.Match[str], layout: Layout) -> str:
    name = match["name"]
    choice = re.search(r'data-choose="([a-z]+)"', match["marks"])
    times = layout.times(name, choice.group(1) if choice else "")
    is_repeated = "data-repeat" in match["marks"]
    copies = [
        _MJML_FIELD.sub(lambda found: _mjml_field(found, f"{name}.{number}." if is_repeated else ""), match.group())  # noqa: B023
        for number in range(1, times + 1)
    ]
    edge = f"<mj-raw>{_EDGE}</mj-raw>" if match["tag"] == "mj-section" else _EDGE
    return edge + "".join(copies) + edge if not is_repeated else edge + f"{edge}{edge}".join(copies) + edge


def _mjml_look(match: re.Match[str]) -> str:
    return _with_attribute(match.group(), match["look"], slot(match["name"], "STYLE"))


def _mjml_field(match: re.Match[str], path: str) -> str:
    name, tag = match["name"], match["tag"]
    opening = f"<{tag}{_MARK.sub('', match['marks'])}>"
    if tag == "mj-image":
        opening = _with_attribute(opening, "src", slot(f"{path}{name}.url", "URL"))
        return _with_attribute(opening, "alt", slot(f"{path}{name}.alt", "ATTRIBUTE")).replace(">", "/>")
    if tag in {"mj-button", "a"}:
        opening = _with_attribute(opening, "href", slot(f"{path}{name}.url", "URL"))
    spot = "RICH" if 'data-type="text"' in match["marks"] else "TEXT"
    return f"{opening}{slot(f'{path}{name}', spot)}</{tag}>"


def templates() -> Mapping[str, Foreign]:
    """Gives all of them by name."""
    found = [everything(), *(marked(path) for path in foreign_paths())]
    return {foreign.name: foreign for foreign in found}
