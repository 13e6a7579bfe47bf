"""Where in the address does the application that answers now stand? Under /sandbox, or at the root."""

from contextvars import ContextVar
from typing import Final

current_mount: Final[ContextVar[str]] = ContextVar("current_mount", default="")
"""The path before ours, without a slash at the end. Set by whoever took it away from the request."""


def mounted(html: str) -> str:
    """Our own page with its links under the mount: what we link to of ours begins with a slash, and text is escaped."""
    mount = current_mount.get()
    if not mount:
        return html
    for attribute in ("href", "src", "action"):
        html = html.replace(f' {attribute}="/', f' {attribute}="{mount}/')
    return html
