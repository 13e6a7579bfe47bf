"""What does our own code say? Every file of it, parsed once, for the tests that hold the rules of the house."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ("app", "workers", "integrations", "migrations", "benchmarks")
WRITTEN_ONCE = "migrations/versions/"
"""Migrations are long lists that nobody changes after their release."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One file of ours: its path from the project's root, its text, and what Python makes of it."""

    path: str
    text: str
    tree: ast.Module

    @property
    def is_migration(self) -> bool:
        return self.path.startswith(WRITTEN_ONCE)

    @property
    def feature(self) -> str:
        """The room in `app/` that it stands in; empty outside of `app/`."""
        parts = self.path.split("/")
        return parts[1].removesuffix(".py") if parts[0] == "app" else ""

    @property
    def rooms(self) -> list[str]:
        """The names of its folders and of itself."""
        return self.path.removesuffix(".py").split("/")


def written(path: str, text: str) -> Source:
    """A file that does not exist: the counter-example of a rule."""
    return Source(path, text, ast.parse(text))


@cache
def sources() -> tuple[Source, ...]:
    """Every Python file of the program itself."""
    paths = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    assert len(paths) > 200, "The program was not found."
    return tuple(written(str(path.relative_to(ROOT)), path.read_text()) for path in paths)


@cache
def sources_of_tests() -> tuple[Source, ...]:
    """Every Python file of the tests."""
    paths = sorted((ROOT / "tests").rglob("*.py"))
    return tuple(written(str(path.relative_to(ROOT)), path.read_text()) for path in paths)


def functions(source: Source) -> Iterator[Function]:
    """Every function and method of a file, nested ones too."""
    for node in ast.walk(source.tree):
        if isinstance(node, Function):
            yield node


def calls(node: ast.AST) -> Iterator[ast.Call]:
    """Every call below a node."""
    return (found for found in ast.walk(node) if isinstance(found, ast.Call))


def dotted(node: ast.expr) -> str:
    """`a.b.c` for a name or an attribute of one; empty for anything else."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=inner, attr=name):
            return f"{dotted(inner)}.{name}"
    return ""


def imported(source: Source) -> Iterator[tuple[int, str]]:
    """Each imported module or name in full (`app.orders.flow`, `app.orders.flow.place`), with its line."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{source.path}:{node.lineno} imports relatively"
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def enclosing(source: Source) -> dict[ast.AST, str]:
    """For each node the innermost function that it stands in, by name; the module's own nodes are missing."""
    found: dict[ast.AST, str] = {}
    for function in functions(source):  # Breadth first: an inner function comes later, and wins.
        found |= dict.fromkeys((node for part in function.body for node in ast.walk(part)), function.name)
    return found


def kept_files() -> list[Path]:
    """Every file that is committed, or would be: what git ignores does not count."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, check=True, text=True,
    )  # fmt: skip
    names = sorted(name for name in listed.stdout.split("\0") if name)
    return [ROOT / name for name in names if (ROOT / name).is_file()]
