"""Is this process leaving? Told once, by the signal to stop; afterwards new work goes elsewhere."""


class Drain:
    """Whether new requests should go elsewhere: `/readyz` says 503 and answers close their connections."""

    def __init__(self) -> None:
        """Nobody has asked us to leave."""
        self.begun = False

    def begin(self) -> None:
        """Leave: finish what is being answered, and send new callers away."""
        self.begun = True
