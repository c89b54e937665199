"""What tests of services share with those of the public API."""

from tests.api.conftest import register
from tests.api.oauth.conftest import connect, set_up

__all__ = ["connect", "register", "set_up"]
