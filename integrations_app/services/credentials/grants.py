"""Grants of providers: kept sealed while a question about them stands, and revoked if unwanted."""

import json
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from integrations_app.domain.check import Account
from integrations_app.errors import NotFound
from integrations_app.providers.oauth.responses import Tokens
from integrations_app.providers.rules import TOKEN_KEYS
from integrations_app.security.process_keys import opening_ring
from integrations_app.security.vault import CannotOpen
from integrations_app.services.credentials import revocation
from integrations_app.services.credentials.decryption import DecryptedConnection
from integrations_app.services.credentials.key_ring import sealing_ring
from integrations_app.storage.tables import AccountChangeRow
from integrations_app.storage.within import Reads, Within

_SEALED = "account_change"


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenGrant:
    """Tokens that a code was exchanged for; not stored yet.

    Attributes:
        uuid: The connection it is for.
        tokens: What the provider gave.
        account: Whose they are; None if the look-up failed.
        credential_revision: The state of the connection they were asked for.
        at: When they were asked for.
        asked_by: The connection as it was when it asked for them; None once they were stored.
    """

    uuid: UUID
    tokens: Tokens = field(repr=False)
    account: Account | None
    credential_revision: int
    at: datetime
    asked_by: DecryptedConnection | None = field(default=None, repr=False)

    @property
    def account_id(self) -> str | None:
        """Return whose the tokens are, as far as is known."""
        return self.account.id if self.account else None


def sealed(grant: TokenGrant) -> bytes:
    """Return the tokens as they are stored with a question."""
    tokens = grant.tokens
    packed = {
        "access_token": tokens.access_token,
        "refresh_token": tokens.refresh_token,
        "lifetime_s": tokens.lifetime_s,
        "scopes": list(tokens.scopes or ()),
        "at": grant.at.isoformat(),
    }
    return sealing_ring().seal(json.dumps(packed), uuid=grant.uuid, field=_SEALED)


def unsealed(row: AccountChangeRow) -> TokenGrant:
    """Return what was granted for the question in this row.

    Raises:
        NotFound: No key at hand opens it.
    """
    uuid = row.connection_uuid
    try:
        packed = json.loads(opening_ring().open(row.sealed, uuid=uuid, field=_SEALED))
    except CannotOpen:
        raise NotFound(uuid) from None
    return TokenGrant(
        uuid=uuid,
        tokens=Tokens(
            access_token=packed["access_token"],
            refresh_token=packed["refresh_token"],
            lifetime_s=packed["lifetime_s"],
            scopes=tuple(packed["scopes"]),
        ),
        account=Account(id=row.account_id or None, name=row.account_name),
        credential_revision=row.credential_revision,
        at=datetime.fromisoformat(packed["at"]),
    )


def asked_by_now(grant: TokenGrant, *, reads: Reads) -> TokenGrant:
    """Return the same with the connection, as long as that is what it was when it asked.

    Args:
        grant: What was granted.
        reads: A transaction to read in.

    Raises:
        DatabaseUnavailable: The database cannot be reached.
    """
    connection = revocation.revocable(grant.uuid, without=TOKEN_KEYS, reads=reads)
    is_same = connection is not None and connection.credential_revision == grant.credential_revision
    return replace(grant, asked_by=connection) if is_same else grant


def reject(grant: TokenGrant) -> bool | None:
    """Have the provider forget what was granted and is not kept.

    Tokens are sent to the place where they were asked for, even if the connection has gone or
    changed; those that were stored with a question, to the connection's place if it is the same.

    Returns:
        As `revocation.revoke`; None as well if a connection lives by the same grant.

    Raises:
        DatabaseUnavailable: The database cannot be reached.
    """
    if grant.asked_by is None:
        return revocation.reject(
            grant.uuid,
            grant.tokens,
            account_id=grant.account_id,
            revision=grant.credential_revision,
        )
    unwanted = revocable(grant)
    return None if unwanted is None else revocation.revoke(unwanted)


def revocable(grant: TokenGrant, *, reads: Reads | None = None) -> DecryptedConnection | None:
    """Return what `revocation.revoke` needs; None if there is nothing to revoke.

    Args:
        grant: What was granted.
        reads: A transaction to read in; None for none.

    Raises:
        DatabaseUnavailable: The database cannot be reached.
    """
    if grant.asked_by is None:
        return revocation.tokens_of_grant(
            grant.uuid,
            grant.tokens,
            account_id=grant.account_id,
            revision=grant.credential_revision,
            reads=reads,
        )
    return revocation.with_tokens(
        grant.asked_by, grant.tokens, account_id=grant.account_id, reads=reads
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A question about a connection that nobody has answered.

    Attributes:
        row: It, locked.
        account_id: The other account; None if no key opens what was granted.
        unwanted: What to revoke if nobody can take that account any more.
    """

    row: AccountChangeRow
    account_id: str | None
    unwanted: DecryptedConnection | None


def standing(session: Session, uuid: UUID) -> Standing | None:
    """Return the question that stands about a connection; None if there is none.

    Args:
        session: The transaction that has locked the connection, and not changed it yet.
        uuid: The connection's.
    """
    row = session.get(AccountChangeRow, uuid, with_for_update=True)
    if row is None:
        return None
    try:
        grant = unsealed(row)
    except NotFound:
        return Standing(row=row, account_id=None, unwanted=None)
    unwanted = revocable(grant, reads=Within(session))
    return Standing(row=row, account_id=grant.account_id, unwanted=unwanted)


def withdraw(
    session: Session, question: Standing | None, *, but_of: str | None = None
) -> DecryptedConnection | None:
    """Delete a question, as part of the transaction that found it.

    For whatever removes the connection or changes the credentials that the grant was asked for
    with: nobody can take the other account any more.

    Args:
        session: Of the transaction.
        question: What `standing` gave.
        but_of: An account to which access goes on.

    Returns:
        What to revoke once the transaction is over; None if there is nothing.
    """
    if question is None:
        return None
    session.delete(question.row)
    session.flush()  # before the connection, whose deletion would take the row along
    return None if but_of and but_of == question.account_id else question.unwanted
