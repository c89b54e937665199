"""Connections are found by any part of their name or account, whatever the locale.

Adding stored columns writes the table anew: about 50 µs a row, during which nobody can use it.
"""

import sqlalchemy as sa
from alembic import op

revision = "109"
down_revision = "108"
branch_labels = None
depends_on = None

TABLE = "integration_connections"
INDEX = "ix_integration_connections_search_grams"
PREFIX_INDEX = "ix_integration_connections_account_prefix"
TEXT = "name || E'\\n' || coalesce(account_name, '')"

# Small letters for those beyond ASCII that have exactly one each.
LETTERS = {
    chr(code): chr(code).lower()
    for code in range(0x80, 0x110000)
    if len(chr(code).lower()) == 1 and chr(code).lower() != chr(code)
}
FOLDED = """
CREATE FUNCTION integration_folded(shown text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN octet_length(shown) = char_length(shown) THEN lower(shown COLLATE "C")
        ELSE translate(lower(shown COLLATE "C"), '{letters}', '{small}')
    END
$$
"""
# The number of each letter, and one for each pair of neighbours; different pairs may share one.
GRAMS = """
CREATE FUNCTION integration_grams(folded text) RETURNS integer[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_agg(DISTINCT gram) FROM (
        SELECT ascii(letter) AS code, ascii(lead(letter) OVER (ORDER BY place)) AS following
        FROM unnest(string_to_array(folded, NULL)) WITH ORDINALITY AS letters (letter, place)
    ) AS pairs, LATERAL (
        VALUES (code), (((code::bigint * 31337 + following) & 1073741823 | 1073741824)::integer)
    ) AS grams (gram)
    WHERE gram IS NOT NULL
$$
"""


def upgrade() -> None:
    encoding = op.get_bind().execute(sa.text("SHOW server_encoding")).scalar_one()
    letters = LETTERS if encoding == "UTF8" else {}
    op.get_bind().exec_driver_sql(
        FOLDED.format(letters="".join(letters), small="".join(letters.values()))
    )
    op.get_bind().exec_driver_sql(GRAMS)
    op.execute(
        f"""
        ALTER TABLE {TABLE}
        ADD COLUMN searched text COLLATE "C"
            GENERATED ALWAYS AS (integration_folded({TEXT})) STORED,
        ADD COLUMN search_grams integer[]
            GENERATED ALWAYS AS (integration_grams(integration_folded({TEXT}))) STORED
        """
    )
    op.create_index(INDEX, TABLE, ["search_grams"], postgresql_using="gin")
    op.drop_index(PREFIX_INDEX, TABLE)


def downgrade() -> None:
    op.create_index(
        PREFIX_INDEX,
        TABLE,
        [sa.literal_column("lower(coalesce(account_name, ''))").label("account")],
        postgresql_ops={"account": "text_pattern_ops"},
    )
    op.drop_column(TABLE, "search_grams")
    op.drop_column(TABLE, "searched")
    op.execute("DROP FUNCTION integration_grams(text)")
    op.execute("DROP FUNCTION integration_folded(text)")
