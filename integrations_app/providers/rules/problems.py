"""Problems of a declaration, each with its place there."""

from collections.abc import Iterator

Problems = Iterator[tuple[str, str]]
"""Place in the declaration, and what is wrong there."""
