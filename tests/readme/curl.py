"""What would this curl command send? Read here, so that the tests need no curl; an option we do not know is an error."""

import re
import shlex
from collections.abc import Mapping

import httpx

_VARIABLE = re.compile(r"\$([A-Z]+)")


def request_of(text: str, variables: Mapping[str, str]) -> httpx.Request:
    """The request of a block's only curl command, with variables put in; `export` lines are for people's shells."""
    lines = [line for line in text.replace("\\\n", " ").splitlines() if not line.startswith("export ")]
    words = shlex.split(_VARIABLE.sub(lambda found: variables[found[1]], "\n".join(lines)))
    assert words.pop(0) == "curl", text
    headers, url, body = {}, "", None
    rest = iter(words)
    for word in rest:
        match word:
            case "-s":
                pass
            case "-H":
                name, _, value = next(rest).partition(": ")
                headers[name] = value
            case "-d":
                body = next(rest).encode()
            case _:
                assert word.startswith("http"), word
                assert not url, word
                url = word
    return httpx.Request("GET" if body is None else "POST", url, headers=headers, content=body)
