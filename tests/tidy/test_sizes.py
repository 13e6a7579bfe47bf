"""A file can be read at one sitting, a function at one glance, a call without counting its arguments."""

from tests.tidy.source import Source, functions, sources, sources_of_tests, written

FILE_LINES_MAX = 300
FUNCTION_LINES_MAX = 50
POSITIONAL_MAX = 6


def too_long(source: Source) -> list[str]:
    """The file itself, when it is too long."""
    lines = len(source.text.splitlines())
    return [f"{source.path} has {lines} lines"] if lines > FILE_LINES_MAX and not source.is_migration else []


def too_long_functions(source: Source) -> list[str]:
    """Functions that do not fit on a screen; the docstring counts."""
    sizes = [(function, (function.end_lineno or 0) - function.lineno + 1) for function in functions(source)]
    return [
        f"{source.path}:{function.lineno} {function.name} has {size} lines"
        for function, size in sizes
        if size > FUNCTION_LINES_MAX and not source.is_migration
    ]


def too_many_places(source: Source) -> list[str]:
    """Functions whose callers must know the order of too many arguments."""
    found = []
    for function in functions(source):
        places = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
        count = len([name for name in places if name not in {"self", "cls"}])
        if count > POSITIONAL_MAX:
            found.append(f"{source.path}:{function.lineno} {function.name} takes {count} by position")
    return found


def test_files_are_short() -> None:
    found = [line for source in (*sources(), *sources_of_tests()) for line in too_long(source)]
    assert not found, found
    assert too_long(written("app/x.py", "a = 1\n" * (FILE_LINES_MAX + 1)))
    assert too_long(written("tests/x.py", "a = 1\n" * (FILE_LINES_MAX + 1)))


def test_functions_are_short() -> None:
    found = [line for source in sources() for line in too_long_functions(source)]
    assert not found, found
    assert too_long_functions(written("app/x.py", "def f() -> None:\n" + "    a = 1\n" * FUNCTION_LINES_MAX))


def test_what_is_given_by_position_can_be_counted() -> None:
    found = [line for source in sources() for line in too_many_places(source)]
    assert not found, found
    assert too_many_places(written("app/x.py", "def f(a, b, c, d, e, f, g): ..."))
    assert not too_many_places(written("app/x.py", "def f(self, a, b, c, d, e, f, *, g): ..."))
