"""Whatever is wrong with a database has its cause in one line, and no password in any."""

from __future__ import annotations

import contextlib
import logging
import re
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
import trustme

from integrations_app import errors, integrations
from integrations_app.errors import DatabaseMisconfigured, DatabaseReadOnly, DatabaseUnavailable
from integrations_app.events import listener
from integrations_app.services.changes import event_stream
from integrations_app.services.operations import doctor, startup
from integrations_app.storage import migrations
from tests.operations.postgres import APP, PASSWORD, TLS_ONLY, Postgres

SECRETS = re.findall(r"\w+", PASSWORD)
PATIENCE_S = 20.0


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Something that is wrong, and what is to be said of it."""

    words: str
    kind: type[DatabaseUnavailable] = DatabaseMisconfigured
    call: Callable[[], object] = integrations.list_connections
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    address: dict[str, str] = field(default_factory=dict)


def role_limit(number: int) -> str:
    return f"ALTER ROLE {APP} CONNECTION LIMIT {number}"


READ_ONLY = f"ALTER ROLE {APP} SET default_transaction_read_only = on"
WRITABLE = f"ALTER ROLE {APP} RESET default_transaction_read_only"
FAULTS = {
    "wrong password": Fault(
        address={"password": f"{PASSWORD}-not"}, words=f"refuses the password of role {APP}"
    ),
    "unknown role": Fault(address={"user": "nobody"}, words="pg_hba.conf does not let role nobody"),
    "no password": Fault(address={"password": ""}, words="asks for a password"),
    "no such database": Fault(address={"database": "nothing"}, words="has no database nothing"),
    "not to connect": Fault(
        before=("REVOKE CONNECT ON DATABASE fresh FROM PUBLIC",),
        words="GRANT CONNECT ON DATABASE fresh",
    ),
    "TLS demanded": Fault(
        address={"user": TLS_ONLY, "sslmode": "disable"}, words="without TLS: use sslmode=require"
    ),
    "bad sslmode": Fault(address={"sslmode": "perhaps"}, words="parameter sslmode of DATABASE_URL"),
    "bad number": Fault(
        address={"keepalives_idle": "often"}, words="parameter keepalives_idle of DATABASE_URL"
    ),
    "missing root certificate": Fault(
        address={"sslmode": "verify-full", "sslrootcert": "/nowhere.pem"},
        words="root certificate /nowhere.pem, which .* does not exist",
    ),
    "unreadable root certificate": Fault(
        address={"sslmode": "verify-full", "sslrootcert": "{folder}/nonsense.pem"},
        words="nonsense.pem, which .* cannot be read",
    ),
    "wrong root certificate": Fault(
        address={"sslmode": "verify-full", "sslrootcert": "{folder}/other.pem"},
        words="No root certificate at hand vouches",
    ),
    "certificate for another host": Fault(
        address={"host": "localhost", "sslmode": "verify-full", "sslrootcert": "{root}"},
        words="certificate is not for localhost",
    ),
    "limit of a role": Fault(
        kind=DatabaseUnavailable,
        before=(role_limit(0),),
        after=(role_limit(-1),),
        words="allows no further connection",
    ),
    "no right to create": Fault(
        call=migrations.upgrade, words="GRANT USAGE, CREATE ON SCHEMA public"
    ),
    "read-only role": Fault(
        kind=DatabaseReadOnly,
        call=migrations.upgrade,
        before=(READ_ONLY,),
        after=(WRITABLE,),
        words="takes no changes",
    ),
    "no server that takes changes": Fault(
        kind=DatabaseReadOnly,
        before=(READ_ONLY,),
        after=(WRITABLE,),
        address={"target_session_attrs": "read-write"},
        words="No server that DATABASE_URL names takes changes",
    ),
    "no such schema": Fault(
        call=migrations.upgrade,
        address={"options": "-csearch_path=nothing"},
        words="No schema of the database's search path exists",
    ),
    "unknown option": Fault(address={"options": "-cnonsense=1"}, words="set nonsense, which"),
    "nobody there": Fault(
        kind=DatabaseUnavailable,
        address={"port": "1"},
        words="nothing listens at 127.0.0.1, port 1",
    ),
    "no such socket": Fault(
        kind=DatabaseUnavailable,
        address={"host": "%2Fnowhere"},
        words="nothing listens at /nowhere",
    ),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Holds a root certificate of somebody else's, and a file that is none."""
    (tmp_path / "nonsense.pem").write_text("nonsense")
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "other.pem"))
    return tmp_path


@contextmanager
def broken(
    fault: Fault, server: Postgres, product: pytest.MonkeyPatch, folder: Path
) -> Iterator[None]:
    given = {
        key: value.format(folder=folder, root=server.root_certificate)
        for key, value in fault.address.items()
    }
    port = int(given.pop("port", server.port))
    database = given.pop("database", "fresh")
    product.setenv("DATABASE_URL", server.url(database, port=port, **given))
    server.execute(*fault.before)
    try:
        yield
    finally:
        server.execute(*fault.after)


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_it_is_told_in_one_line_with_its_cause(
    server: Postgres,
    product: pytest.MonkeyPatch,
    folder: Path,
    fault: Fault,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    with broken(fault, server, product, folder):
        with pytest.raises(fault.kind, match=fault.words) as caught:
            fault.call()
        findings = "\n".join(f"{found.message} {found.remedy}" for found in doctor.examine())

    assert type(caught.value) is fault.kind
    assert str(caught.value).isprintable()
    assert_secret(findings, caplog.text, *map(repr, causes(caught.value)))
    assert_secret("".join(traceback.format_exception(caught.value)))


def test_a_server_without_tls_is_told_where_tls_is_demanded(
    server: Postgres, product: pytest.MonkeyPatch, name: str
) -> None:
    product.setenv("DATABASE_URL", server.url(name, sslmode="require"))
    server.reconfigure("ALTER SYSTEM SET ssl = off", until=("ssl", "off"))
    try:
        with pytest.raises(DatabaseMisconfigured, match="offers no TLS"):
            integrations.list_connections()
    finally:
        server.reconfigure("ALTER SYSTEM RESET ssl", until=("ssl", "on"))


@pytest.mark.parametrize("name_of_fault", ["wrong password", "no such database"])
def test_whoever_listens_logs_the_cause_at_each_attempt(
    server: Postgres,
    product: pytest.MonkeyPatch,
    folder: Path,
    name_of_fault: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    fault = FAULTS[name_of_fault]
    with broken(fault, server, product, folder):
        event_stream.hub()
        give_up_at = time.monotonic() + PATIENCE_S
        while len(said := _listeners(caplog)) < 2:
            assert time.monotonic() < give_up_at
            time.sleep(0.01)
        event_stream.stop()

    assert all(fault.words in message for message in said)
    assert_secret(caplog.text)


def _listeners(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [each.getMessage() for each in caplog.records if each.name == listener.__name__]


def test_a_server_without_room_for_connections_says_so(
    server: Postgres, product: pytest.MonkeyPatch, name: str
) -> None:
    with ExitStack() as others:
        with contextlib.suppress(psycopg.OperationalError):
            while True:
                others.enter_context(psycopg.connect(server.url(name)))

        with pytest.raises(DatabaseUnavailable, match="allows no further connection"):
            integrations.list_connections()

    assert not startup.is_ready()
    with pytest.raises(DatabaseUnavailable, match="integrations migrate"):
        integrations.list_connections()


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("{encoded}@127.0.0.1:{port}", id="encoded password"),
        pytest.param("{encoded}@{socket}:{port}", id="socket as a host"),
        pytest.param("{encoded}@127.0.0.1:1,127.0.0.1:{port}", id="several hosts"),
    ],
)
def test_every_form_of_an_address_that_libpq_knows_works(
    server: Postgres, product: pytest.MonkeyPatch, name: str, address: str
) -> None:
    server.execute(f"ALTER DATABASE {name} OWNER TO {APP}")
    server.execute(f"GRANT CREATE ON SCHEMA public TO {APP}", database=name)
    filled = address.format(
        encoded=f"{APP}:{PASSWORD.replace('%', '%25').replace('@', '%40').replace('/', '%2F')}",
        port=server.port,
        socket=str(server.folder).replace("/", "%2F"),
    )
    product.setenv("DATABASE_URL", f"postgresql://{filled}/{name}")

    migrations.upgrade()
    added = integrations.add_connection("mistral", "main", values={"api_key": "k" * 20})

    assert integrations.get_credentials(added.uuid)["api_key"] == "k" * 20
    integrations.subscribe().close()


@pytest.mark.parametrize("separator", ["%", "@", "/"])
def test_a_password_that_is_not_encoded_is_refused_before_anything_is_tried(
    product: pytest.MonkeyPatch, server: Postgres, separator: str, caplog: pytest.LogCaptureFixture
) -> None:
    password = separator.join(SECRETS)
    product.setenv("DATABASE_URL", f"postgresql://app:{password}@127.0.0.1:{server.port}/fresh")

    with pytest.raises(errors.InvalidSetting, match="encoded") as refused:
        integrations.list_connections()

    assert_secret("".join(traceback.format_exception(refused.value)), caplog.text)
    product.setenv("DATABASE_URL", server.url("fresh"))


def causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def assert_secret(*texts: str) -> None:
    for text in texts:
        assert not [secret for secret in SECRETS if secret in text], text
