"""What has to be right before the app serves, and what is asked of it while it does."""

from dataclasses import dataclass
from functools import cache

from integrations_app import routes, settings
from integrations_app.errors import DatabaseUnavailable, StartRefused
from integrations_app.security import egress
from integrations_app.services import admins, catalogue, keyring
from integrations_app.storage import migrations
from integrations_app.storage.engine import database


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """The app may serve now.

    Attributes:
        first_admin_link: Where the first admin is made, good for one use; None if there is one.
        warnings: What the operator should know, a sentence each.
    """

    first_admin_link: str | None
    warnings: tuple[str, ...]


def prepare() -> Prepared:
    """Check the environment and the declarations, migrate the database, try the keys.

    Raises:
        StartRefused: The app must not start like this; the message is one line.
        DatabaseUnavailable: The database cannot be reached.
    """
    origin = settings.load().origin
    egress.check_environment()
    catalogue.all_providers()
    _migrate()
    missing = keyring.check().missing
    token = admins.setup_token()
    return Prepared(
        first_admin_link=f"{origin}{routes.SETUP}?token={token}" if token else None,
        warnings=tuple(_missing_key(key_id, secrets) for key_id, secrets in missing.items()),
    )


def is_ready() -> bool:
    """Whether the database can be reached and is at the newest revision."""
    try:
        return migrations.current(database()) == _newest()
    except DatabaseUnavailable:
        return False


def _migrate() -> None:
    from alembic.util import CommandError  # noqa: PLC0415 - only a start needs it

    try:
        migrations.upgrade()
    except CommandError as error:  # a newer program's revision, for instance
        raise StartRefused(f"The database cannot be migrated: {error}") from error


@cache
def _newest() -> str | None:
    return migrations.newest()


def _missing_key(key_id: str, secrets: int) -> str:
    needed = {0: "no stored secret needs it", 1: "1 stored secret needs it"}
    return (
        f"Encryption key {key_id} is not at hand; "
        f"{needed.get(secrets, f'{secrets:,} stored secrets need it')}."
    )
