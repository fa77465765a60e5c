"""Reads from the source of the tests which rules they claim to prove."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MARK = "pytest.mark.contract"


def claims() -> dict[str, list[str]]:
    """Returns rule id -> `file::test`, sorted; a mark on a class or a module holds for every test in it."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        source = path.read_text(encoding="utf-8")
        if MARK in source:
            for rule, name in _claims_of(ast.parse(source)):
                found[rule].append(f"{path.relative_to(ROOT)}::{name}")
    return {rule: sorted(tests) for rule, tests in found.items()}


def _claims_of(tree: ast.Module | ast.ClassDef, inherited: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark":
            marks = node.value.elts if isinstance(node.value, ast.List | ast.Tuple) else [node.value]
            inherited = (*inherited, *_rules_of(marks))
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield from _claims_of(node, (*inherited, *_rules_of(node.decorator_list)))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            for rule in dict.fromkeys((*inherited, *_rules_of(node.decorator_list))):
                yield rule, node.name


def _rules_of(marks: list[ast.expr]) -> Iterator[str]:
    for mark in marks:
        if isinstance(mark, ast.Call) and ast.unparse(mark.func) == MARK:
            for argument in mark.args:
                if not isinstance(argument, ast.Constant) or not isinstance(argument.value, str):
                    raise TypeError(f"{MARK} takes rule ids as plain text, not {ast.unparse(argument)}")
                yield argument.value
