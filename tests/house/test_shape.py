"""The shape of the code that CONTRIBUTING.md promises."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.repository import ROOT, SOURCE, modules, named

MOST_LINES = 500
MOST_FUNCTION_LINES = 70
BANNED = {
    "utils", "util", "helpers", "helper", "common", "manager", "processor", "service", "handler",
    "base", "misc", "v2", "new", "legacy", "nextgen",
}  # fmt: skip
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def definitions(path: Path) -> Iterator[Definition]:
    """Every function, method and class of a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, Definition):
            yield node


def words(name: str) -> set[str]:
    """The words of a name, snake or camel."""
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+", name)}


def test_no_module_passes_500_lines() -> None:
    long = {
        named(path): count
        for path in modules(ROOT)
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES
    }
    assert long == {}


def test_no_function_passes_70_lines() -> None:
    long = [
        f"{named(path)}:{one.lineno} {one.name}"
        for path in modules()
        for one in definitions(path)
        if not isinstance(one, ast.ClassDef)
        and (one.end_lineno or 0) - one.lineno + 1 > MOST_FUNCTION_LINES
    ]
    assert long == []


def test_names_say_what_a_thing_is() -> None:
    folders_and_files = [
        named(path)
        for path in modules()
        if any(words(part) & BANNED for part in path.relative_to(SOURCE).with_suffix("").parts)
    ]
    defined = [
        f"{named(path)}:{one.lineno} {one.name}"
        for path in modules()
        for one in definitions(path)
        if words(one.name) & (BANNED - {"new"})
    ]
    assert folders_and_files + defined == []


def test_every_package_has_one_public_face() -> None:
    faces = [path for path in modules() if path.name == "__init__.py"]
    assert len(faces) > 5
    closed = [named(path) for path in faces if "__all__" not in path.read_text(encoding="utf-8")]
    assert closed == []


def test_packages_below_the_top_only_re_export() -> None:
    busy = [
        named(path)
        for path in modules()
        if path.name == "__init__.py"
        and path.parent != SOURCE
        and any(isinstance(one, Definition) for one in definitions(path))
    ]
    assert busy == []


def test_sql_is_written_only_where_the_engines_are() -> None:
    allowed = {"engines", "linkage", "intake"}
    sql = re.compile(r"[\"'](?:\s*)(SELECT|COPY|CREATE TABLE|INSERT INTO|WITH [a-z_]+ AS)\b")
    found = [
        named(path)
        for path in modules()
        if path.relative_to(SOURCE).parts[0] not in allowed
        and sql.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []
