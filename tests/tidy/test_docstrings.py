"""What may a caller rely on? Every public function of the program says it in its docstring."""

import ast

from tests.tidy.source import Function, Source, sources, written


def speechless(source: Source) -> list[str]:
    """Public functions, and public methods of public classes, without a word on what they do."""
    bodies = [("", source.tree.body)]
    classes = [node for node in source.tree.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_")]
    bodies += [(f"{found.name}.", found.body) for found in classes]
    public = [
        (owner, node) for owner, body in bodies for node in body if isinstance(node, Function) and _is_public(node)
    ]
    return [f"{source.path}:{node.lineno} {owner}{node.name}" for owner, node in public if not ast.get_docstring(node)]


def _is_public(function: Function) -> bool:
    given = {decorator.id for decorator in function.decorator_list if isinstance(decorator, ast.Name)}
    return not function.name.startswith("_") and not given & {"override", "overload"}


def test_public_functions_say_what_can_be_relied_on() -> None:
    ours = [source for source in sources() if source.feature and f"{source.path}" != "app/main.py"]
    assert len(ours) > 150
    found = [line for source in ours for line in speechless(source)]
    assert not found, found
    planted = "def verb() -> None: ...\n\nclass Thing:\n    def act(self) -> None:\n        pass"
    assert speechless(written("app/x.py", planted)) == ["app/x.py:1 verb", "app/x.py:4 Thing.act"]
    assert not speechless(written("app/x.py", "def _verb() -> None: ..."))
