"""Every command that the papers name is understood by the program that it is given to, with all its options."""

from __future__ import annotations

import re
import shlex
from argparse import ArgumentParser
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from uuid import UUID

import pytest
from django.core.management import get_commands, load_command_class

from bench.__main__ import names

PROJECT = Path(__file__).resolve().parent.parent.parent
PAPERS = sorted([*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md")])
SPAN = re.compile(r"^```[^\n]*\n(.*?)^```|`([^`\n]+)`", re.MULTILINE | re.DOTALL)
# What the papers write in capitals, where a program looks at more than that something is there.
EXAMPLES = {"N": "1", "SECONDS": "1", "DELIVERY_ID": str(UUID(int=1)), "NUMBER:DIGEST": f"1:{'0' * 64}"}
MANAGE, MODULE, MAKE = "manage.py ", "python -m ", "make "


def commands(beginning: str) -> list[tuple[str, str]]:
    """Gives what stands behind a beginning in the code of the papers, with the paper that it stands in."""
    found = {(paper.name, rest) for paper in PAPERS for rest in _behind(paper.read_text(encoding="utf-8"), beginning)}
    return sorted(found)


def _behind(text: str, beginning: str) -> Iterator[str]:
    for block, span in SPAN.findall(text):
        for line in (block or span).replace("\\\n", " ").splitlines():
            words = re.sub(r"\s#\s.*|\s{2,}#.*", "", line).strip().removeprefix("$ ")
            before, is_there, rest = words.partition(beginning)
            if is_there and re.fullmatch(r"(?:[A-Z_]+=\S+ )*(?:python3? |\.venv/bin/python )?", before):
                yield rest.strip()


def plain(words: str) -> list[str]:
    """Gives the words of a command with everything that it may have: brackets opened, the first of several choices."""
    opened = words.replace("\\|", "|").replace("[", " ").replace("]", " ").replace("...", "")
    return [re.sub(r"\|.*", "", word) for word in shlex.split(opened)]


@pytest.mark.parametrize(("paper", "words"), [one for one in commands(MANAGE) if one[1] != "NAME"])
def test_a_command_of_the_portal_takes_what_the_papers_give_it(paper: str, words: str) -> None:
    name, *arguments = plain(words)
    assert name in get_commands(), f"{paper} names the command {name}, which there is not."
    command = load_command_class(get_commands()[name], name)
    parser = command.create_parser("manage.py", name)
    known = {option for action in parser._actions for option in action.option_strings}

    assert [word for word in arguments if word.startswith("--") and word.split("=")[0] not in known] == []
    if arguments:
        parser.parse_args(_with_examples(parser, arguments))


def _with_examples(parser: ArgumentParser, arguments: list[str]) -> list[str]:
    """Puts something that the program takes where a paper writes in capitals: one of its choices, or an example."""
    choices = {option: list(one.choices or ()) for one in parser._actions for option in one.option_strings}
    return [
        str(choices[before][0]) if word.isupper() and choices.get(before) else EXAMPLES.get(word, word)
        for before, word in zip(["", *arguments], arguments, strict=False)
    ]


@pytest.mark.parametrize(("paper", "words"), commands(MODULE))
def test_a_program_that_the_papers_start_is_there(paper: str, words: str) -> None:
    module, *arguments = plain(words)

    assert find_spec(module) is not None, f"{paper} starts {module}, which there is not."
    if module == "bench" and arguments:
        assert arguments[0] == "NAME" or arguments[0] in names()


@pytest.mark.parametrize(("paper", "words"), commands(MAKE))
def test_a_target_that_the_papers_make_is_in_the_makefile(paper: str, words: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))

    assert words.split()[0] in targets, f"{paper} makes {words}, which there is not."


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: str(paper.relative_to(PROJECT)))
def test_what_a_paper_links_to_is_there(paper: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", re.sub(r"```.*?```", "", paper.read_text(encoding="utf-8"), flags=re.DOTALL))
    inside = [link.split("#")[0] for link in links if "://" not in link and not link.startswith(("#", "mailto:"))]

    assert [link for link in inside if link and not (paper.parent / link).exists()] == []
