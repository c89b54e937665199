"""What tests of attacks share with the others."""

from tests.api.conftest import register
from tests.api.oauth.conftest import connect, set_up
from tests.api.requests.conftest import add, echo, google, send, send_anyhow, send_by_auth, uuid
from tests.http.conftest import ada, browser

__all__ = [
    "ada",
    "add",
    "browser",
    "connect",
    "echo",
    "google",
    "register",
    "send",
    "send_anyhow",
    "send_by_auth",
    "set_up",
    "uuid",
]
