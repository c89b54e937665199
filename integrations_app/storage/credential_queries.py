"""The read that programs make all the time, as the driver wants it; see `Database.fetch_fast`.

It is text, since a program that only wants credentials would wait for the tables and for all of
SQLAlchemy otherwise: twice as long as for everything else. `our_schema` becomes the schema that our
tables are in.
"""

_WITH_SECRETS = """
SELECT
    c.uuid, c.provider, c.status,
    c.setup_values::text,  -- the driver's JSON reader is slow
    c.credential_revision, c.validation_reason,
    c.token_revision, c.token_expires_at, c.token_refresh_at, c.token_retry_at,
    s.field, s.sealed
FROM our_schema.integration_connections AS c
LEFT JOIN our_schema.integration_secrets AS s ON s.connection_uuid = c.uuid
"""
WITH_SECRETS_BY_UUID = f"{_WITH_SECRETS} WHERE c.uuid = %s"
WITH_SECRETS_BY_STORAGE_KEY = f"{_WITH_SECRETS} WHERE c.storage_key = %s"
"""One row a secret, or one row with neither field nor ciphertext."""
