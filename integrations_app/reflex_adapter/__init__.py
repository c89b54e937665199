"""All that leans on the inner workings of Reflex and of the servers beneath it.

Each thing leaned on has a test in `tests/reflex_adapter/` that says what is expected of it, so that
a release which changes it is noticed there.
"""
