"""Admins whose passwords are quick to verify, for tests of something else than passwords."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from uuid_utils.compat import uuid7

from integrations_app.domain.admin import Admin
from integrations_app.storage.engine import database
from integrations_app.storage.tables import AdminRow

# A hash says itself what it costs, so that signing in goes the product's way. What the product's
# own hashes cost, a fifth of a second each, would be a tenth of the time of all tests.
_QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def add_admin(email: str, password: str) -> Admin:
    """Let someone sign in, as `admins.create` does."""
    admin = Admin(uuid=uuid7(), email=email)
    row = AdminRow(uuid=admin.uuid, email=email, password_hash=_quick_hash(password))
    with database().transaction() as session:
        session.add(row)
    return admin


@cache
def _quick_hash(password: str) -> str:
    return _QUICK.hash(password)
