"""What tests of services share with those of the public API."""

from tests.api.conftest import register

__all__ = ["register"]
