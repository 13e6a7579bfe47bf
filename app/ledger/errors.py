"""What can go wrong with the book? Never the caller's mistake: these crash, and undo the whole transaction."""


class LedgerOverdrawn(Exception):
    """A guarded account would have gone below zero: money was to be moved that is not there."""
