"""Every action that the code records has words for people."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.conf import settings

from groups.trail import words

PENS = {"record", "_record", "audit.record"}
DOTTED = re.compile(r"[a-z_]+\.[a-z_]+")


def modules() -> Iterator[tuple[Path, ast.Module]]:
    """Yields the portal's own modules that write with the pen."""
    for room in ("groups", "campaigns", "smartersends"):
        for path in (Path(settings.BASE_DIR) / room).rglob("*.py"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            if any(isinstance(node, ast.Call) and ast.unparse(node.func) in PENS for node in ast.walk(tree)):
                yield path, tree


def recorded(tree: ast.Module) -> set[str]:
    """Gives the actions of a module; where one comes in a variable, every text of the module that looks like one."""
    firsts = [
        node.args[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in PENS and node.args
    ]
    searched: list[ast.AST] = firsts if all(isinstance(one, ast.Constant) for one in firsts) else [tree]
    return {
        found.value
        for place in searched
        for found in ast.walk(place)
        if isinstance(found, ast.Constant) and isinstance(found.value, str) and DOTTED.fullmatch(found.value)
    }


def test_every_action_and_every_family_has_words() -> None:
    actions = {action for _path, tree in modules() for action in recorded(tree)}
    families = dict(words.families())

    assert len(actions) >= 75
    assert sorted(action for action in actions if words.sentence(action) == action) == []
    assert sorted({action.partition(".")[0] for action in actions} - families.keys()) == []


def test_no_words_are_kept_for_what_nothing_records_any_more() -> None:
    actions = {action for _path, tree in modules() for action in recorded(tree)}
    known = {action for family, _words in words.families() for action in words.actions_of(family)}

    assert known == actions


def test_every_kind_of_object_is_one_of_the_portals_tables() -> None:
    tables = {
        model._meta.model_name for room in ("groups", "campaigns") for model in apps.get_app_config(room).get_models()
    }

    assert {kind for kind, _words in words.kinds()} <= tables
    assert words.kind("mailing") == "Mailing"


def test_an_action_without_words_is_shown_by_its_name() -> None:
    assert words.sentence("something.unheard_of") == "something.unheard_of"
