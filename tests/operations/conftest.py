"""What tests that run Debian's parts may ask for; `make test-operations` runs them."""

from __future__ import annotations

import pytest

from tests.operations import debian


def pytest_configure() -> None:
    try:
        debian.install_missing()
    except debian.MissingParts as error:
        raise pytest.UsageError(str(error)) from None
