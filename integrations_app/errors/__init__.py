"""Everything that can go wrong, as one tree; callers catch a branch or read `.code`.

```
IntegrationError
├── InvalidInput                 the caller has to change what it sent
│   ├── UnknownProvider          unknown_provider
│   ├── EmptyName                empty_name
│   ├── InvalidName              invalid_name
│   ├── AlreadyExists            already_exists
│   ├── InvalidFields            invalid_fields      .fields says what is wrong with which
│   ├── SecretRequired           secret_required     .fields names the secrets to send anew
│   ├── MissingPlaceholder       missing_placeholder .placeholder names what has no value
│   ├── InvalidUuid              invalid_uuid
│   ├── InvalidReference         invalid
│   ├── SameConnection           same_connection
│   ├── InvalidEmail             invalid_email
│   ├── WeakPassword             weak_password
│   ├── EmailTaken               email_taken
│   └── SetupTokenInvalid        setup_token_invalid
├── Missing                      nothing usable is stored there  .place says in which database
│   ├── NotFound                 not_found
│   ├── NotConfigured            not_configured
│   └── Deleted                  deleted
├── ProviderNotDeclared          provider_not_declared  .provider is its key
├── Conflict                     conflict            .fields names what changed meanwhile
├── InUse                        in_use              .usages says by whom
├── UsagesChanged                used_more           .usages says where by now
├── CannotReplace                cannot_replace      .usages says which uses are in the way
├── ModuleFailed                 module_failed
├── Undecryptable                undecryptable
├── DatabaseUnavailable          database_unavailable   the same may work later
│   ├── NoDatabase               no_database         the environment leads to none
│   │   └── NoEmbeddedDatabase   no_database         nor is the embedded one installed
│   ├── DatabaseMisconfigured    database_misconfigured  somebody has to correct it first
│   ├── DatabaseReadOnly         database_read_only
│   ├── DatabaseFull             database_unavailable
│   └── DatabaseBusy             others' work stood in the way
│       ├── Deadlock             deadlock
│       ├── LockTimeout          lock_timeout
│       └── StatementCancelled   statement_cancelled
├── DestinationNotAllowed        destination_not_allowed
├── PlacementNotSupported        placement_not_supported
├── PackageMissing               package_missing     .package is what to install
├── Unauthorized                 unauthorized        the provider refused the credential
├── AuthorizationFailed          no token came of it
│   ├── ClientIdNotConfigured    client_id_not_configured
│   ├── ClientCredentialsNotConfigured  client_credentials_not_configured
│   ├── StateMismatch            state_mismatch
│   ├── TokenExchangeFailed      token_exchange_failed  .reason, .details say why
│   ├── NoRefreshToken           no_refresh_token
│   └── TokenRefreshFailed       token_refresh_failed   .reason, .details say why
├── NotSignedIn                  not_signed_in
├── SignInRefused                sign_in_refused
├── TooManyAttempts              too_many_attempts   .retry_after_s says when to try again
└── StartRefused                 the program must not start like this
    ├── InvalidSetting           invalid_setting
    ├── NotInstalled             not_installed       .extra names what to install
    ├── KeyRingMismatch          key_ring_mismatch
    └── InvalidDeclaration       invalid_declaration
```

Messages are English, for logs and programs; pages turn codes and fields into their own words.
No message contains a secret.
"""

from integrations_app.errors.base import (
    IntegrationError,
)
from integrations_app.errors.database import (
    DatabaseBusy,
    DatabaseFull,
    DatabaseMisconfigured,
    DatabaseReadOnly,
    DatabaseUnavailable,
    Deadlock,
    LockTimeout,
    NoDatabase,
    NoEmbeddedDatabase,
    StatementCancelled,
)
from integrations_app.errors.inputs import (
    AlreadyExists,
    EmptyName,
    FieldProblem,
    InvalidFields,
    InvalidInput,
    InvalidName,
    InvalidReference,
    InvalidUuid,
    MissingPlaceholder,
    SameConnection,
    SecretRequired,
    UnknownProvider,
)
from integrations_app.errors.outside import (
    AuthorizationFailed,
    ClientCredentialsNotConfigured,
    ClientIdNotConfigured,
    DestinationNotAllowed,
    NoRefreshToken,
    PackageMissing,
    PlacementNotSupported,
    StateMismatch,
    TokenExchangeFailed,
    TokenRefreshFailed,
    Unauthorized,
)
from integrations_app.errors.people import (
    EmailTaken,
    InvalidEmail,
    NotSignedIn,
    SetupTokenInvalid,
    SignInRefused,
    TooManyAttempts,
    WeakPassword,
)
from integrations_app.errors.start import (
    InvalidDeclaration,
    InvalidSetting,
    KeyRingMismatch,
    NotInstalled,
    StartRefused,
)
from integrations_app.errors.stored import (
    CannotReplace,
    Conflict,
    Deleted,
    InUse,
    Missing,
    ModuleFailed,
    NotConfigured,
    NotFound,
    ProviderNotDeclared,
    Undecryptable,
    UsagesChanged,
    UsedMore,
)

__all__ = [
    "AlreadyExists",
    "AuthorizationFailed",
    "CannotReplace",
    "ClientCredentialsNotConfigured",
    "ClientIdNotConfigured",
    "Conflict",
    "DatabaseBusy",
    "DatabaseFull",
    "DatabaseMisconfigured",
    "DatabaseReadOnly",
    "DatabaseUnavailable",
    "Deadlock",
    "Deleted",
    "DestinationNotAllowed",
    "EmailTaken",
    "EmptyName",
    "FieldProblem",
    "InUse",
    "IntegrationError",
    "InvalidDeclaration",
    "InvalidEmail",
    "InvalidFields",
    "InvalidInput",
    "InvalidName",
    "InvalidReference",
    "InvalidSetting",
    "InvalidUuid",
    "KeyRingMismatch",
    "LockTimeout",
    "Missing",
    "MissingPlaceholder",
    "ModuleFailed",
    "NoDatabase",
    "NoEmbeddedDatabase",
    "NoRefreshToken",
    "NotConfigured",
    "NotFound",
    "NotInstalled",
    "NotSignedIn",
    "PackageMissing",
    "PlacementNotSupported",
    "ProviderNotDeclared",
    "SameConnection",
    "SecretRequired",
    "SetupTokenInvalid",
    "SignInRefused",
    "StartRefused",
    "StateMismatch",
    "StatementCancelled",
    "TokenExchangeFailed",
    "TokenRefreshFailed",
    "TooManyAttempts",
    "Unauthorized",
    "Undecryptable",
    "UnknownProvider",
    "UsagesChanged",
    "UsedMore",
    "WeakPassword",
]
