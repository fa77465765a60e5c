"""Reads from the source of the tests what they claim to prove: rules of Braze, rows of the catalogue."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONTRACT, CATALOGUE = "pytest.mark.contract", "pytest.mark.catalogue"


def claims(mark: str = CONTRACT) -> dict[str, list[str]]:
    """Returns id -> `file::test`, sorted; a mark on a class or a module holds for every test in it."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        source = path.read_text(encoding="utf-8")
        if mark in source:
            for claimed, name in _claims_of(ast.parse(source), mark):
                found[claimed].append(f"{path.relative_to(ROOT)}::{name}")
    return {claimed: sorted(tests) for claimed, tests in found.items()}


def _claims_of(
    tree: ast.Module | ast.ClassDef, mark: str, inherited: tuple[str, ...] = ()
) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark":
            marks = node.value.elts if isinstance(node.value, ast.List | ast.Tuple) else [node.value]
            inherited = (*inherited, *_ids_of(marks, mark))
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield from _claims_of(node, mark, (*inherited, *_ids_of(node.decorator_list, mark)))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            for claimed in dict.fromkeys((*inherited, *_ids_of(node.decorator_list, mark))):
                yield claimed, node.name


def _ids_of(marks: list[ast.expr], wanted: str) -> Iterator[str]:
    for mark in marks:
        if isinstance(mark, ast.Call) and ast.unparse(mark.func) == wanted:
            for argument in mark.args:
                if not isinstance(argument, ast.Constant) or not isinstance(argument.value, str):
                    raise TypeError(f"{wanted} takes ids as plain text, not {ast.unparse(argument)}")
                yield argument.value
