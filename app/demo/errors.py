"""What is said when the demonstration cannot go on, or is asked to stop?"""

from typing import Literal

Part = Literal["api", "worker", "registry", "stripe", "database"]


class DemoFailed(Exception):
    """One clear sentence for a person; the end of the log of `part` tells more."""

    def __init__(self, sentence: str, *, part: Part | None = None) -> None:
        super().__init__(sentence)
        self.part = part


class Stopped(BaseException):
    """A signal asked us to stop. Not an Exception: nothing on the way up takes it for a failure."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number
