"""Work that a child process has to do anew, where there is `fork` at all."""

import os
from collections.abc import Callable


def after_in_child(callback: Callable[[], object]) -> None:
    """Call a function in every child right after a fork; nothing to do on Windows.

    Args:
        callback: Takes nothing, waits for nothing.
    """
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=callback)
