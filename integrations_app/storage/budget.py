"""Shares of the connections that a process may have."""

from dataclasses import dataclass

_LISTENING = 1
_WAYS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """The most connections at once, by what they are for; one more listens.

    Attributes:
        writing: For transactions.
        reading: For lists and forms.
        looking_up: For credentials.
        locking: For locks that are held across several transactions: two are taken at once where
            the migration of old data has a lock of its own within.
    """

    writing: int
    reading: int
    looking_up: int
    locking: int


def shared_out(connections: int) -> Budget:
    """Return how many of so many connections are for what.

    Args:
        connections: All of them, six or more.
    """
    share, rest = divmod(connections - _LISTENING, _WAYS)
    return Budget(writing=share, reading=share, looking_up=share, locking=share + rest)
