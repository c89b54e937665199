"""The key ring against the secrets that are stored."""

from collections.abc import Iterator

from integrations_app.domain.finding import Finding, ok, problem, warning
from integrations_app.errors import DatabaseUnavailable, InvalidSetting, KeyRingMismatch
from integrations_app.services.credentials import key_ring
from integrations_app.settings import Settings

_SUBJECT = "keys"
_RESTORE = "Restore the key file, or add the key to INTEGRATIONS_ENCRYPTION_KEYS."


def examine(configured: Settings) -> Iterator[Finding]:
    """Compare the keys at hand with those that stored secrets need."""
    try:
        compared = key_ring.compare()
    except (KeyRingMismatch, InvalidSetting) as error:
        yield problem(
            _SUBJECT, str(error), "Stored secrets cannot be read until this is corrected."
        )
        return
    except DatabaseUnavailable:
        yield warning(
            _SUBJECT, "The keys were not compared with the database.", "Correct the database first."
        )
        return
    source = "INTEGRATIONS_ENCRYPTION_KEYS" if configured.encryption_keys else "the key file"
    if not compared.ring.keys:
        yield ok(_SUBJECT, f"none yet; the first start makes one in {configured.data_dir}")
    for key_id, secrets in compared.missing.items():
        message = f"Key {key_id} is not at hand; stored secrets that need it: {secrets:,}."
        yield (problem if secrets else warning)(_SUBJECT, message, _RESTORE)
    if compared.ring.keys and not any(compared.missing.values()):
        yield ok(_SUBJECT, f"{len(compared.ring.keys)} in {source}; every stored secret opens")
