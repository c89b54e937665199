"""All that leans on the inner workings of Reflex and of the servers beneath it.

Each thing leaned on is in a table of `tests/reflex_adapter/`, one for each library, or tried by a
test beside it, so that a release which changes it is noticed there, in words. `test_leanings.py`
keeps the rest of the package from reaching past this one; components, which are made of Reflex's,
may.
"""
