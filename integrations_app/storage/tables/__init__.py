"""The tables, by subject."""

from integrations_app.storage.tables.audit import AuditRow
from integrations_app.storage.tables.base import NAMING, Table, metadata
from integrations_app.storage.tables.connections import (
    CHECK_DUE_AT,
    RENEWAL_DUE_AT,
    SEARCH_GRAMS,
    SEARCHED,
    ConnectionRow,
)
from integrations_app.storage.tables.identity import AdminRow, SessionRow, SetupTokenRow
from integrations_app.storage.tables.modules import ModuleRunRow
from integrations_app.storage.tables.oauth import AccountChangeRow, AuthorizationRow
from integrations_app.storage.tables.secrets import KeyRow, SecretRow

__all__ = [
    "CHECK_DUE_AT",
    "NAMING",
    "RENEWAL_DUE_AT",
    "SEARCHED",
    "SEARCH_GRAMS",
    "AccountChangeRow",
    "AdminRow",
    "AuditRow",
    "AuthorizationRow",
    "ConnectionRow",
    "KeyRow",
    "ModuleRunRow",
    "SecretRow",
    "SessionRow",
    "SetupTokenRow",
    "Table",
    "metadata",
]
