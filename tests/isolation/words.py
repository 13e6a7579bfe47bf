"""Which words are whose? Every text that somebody wrote in the scene is a canary that names its owner."""

from dataclasses import dataclass, field

PUBLIC = "everybody"
DESK = "desk"
BEGINS = "zq"
"""How every canary begins and ends."""


@dataclass(frozen=True)
class Word:
    """One canary: who wrote it, and who else may read it because of a trade or of the desk's work."""

    text: str
    owner: str
    readers: frozenset[str]


@dataclass
class Words:
    """All canaries of the scene. Lower case and letters alone, so that nothing on the way changes them."""

    all: dict[str, Word] = field(default_factory=dict)

    def say(self, owner: str, what: str, *readers: str) -> str:
        """A new word of this owner. The desk reads what it works on; `readers` are others who may."""
        text = f"{BEGINS}{owner}{what}{BEGINS}".replace("_", "")
        assert text.isalpha(), text
        assert text.islower(), text
        assert text not in self.all, text
        self.all[text] = Word(text, owner, frozenset(readers))
        return text

    def hidden_from(self, reader: str) -> list[str]:
        """The words that this organisation (or `nobody`) must never be told. The desk may read all of them."""
        assert reader != DESK, "The operator runs the desk."
        return [word.text for word in self.all.values() if not {reader, PUBLIC} & {word.owner, *word.readers}]

    def private(self) -> list[str]:
        """Words that are not on purpose for everybody."""
        return [word.text for word in self.all.values() if PUBLIC not in word.readers]
