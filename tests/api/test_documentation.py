"""The examples for programs, in the README and in docs/, run as they stand there."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import httpx
import openai
import pytest
from mistralai.client import Mistral

from integrations_app import integrations
from integrations_app.modules import registry
from tests.api import newsletters
from tests.api.oauth.accounts import CALLBACK, VERIFIER
from tests.postgresql import DatabaseUnderTest
from tests.processes import REPOSITORY
from tests.world import World, key, oauth_client

DOCUMENTED_UUID = "0197f4d2-8c1e-7a60-b6b1-3f0c0d9be6aa"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RENAMED = "connection_renamed"


def example(document: str, containing: str) -> str:
    """The one block of Python in a document that contains this."""
    blocks = BLOCK.findall((REPOSITORY / document).read_text())
    [block] = [each for each in blocks if containing in each]
    return block


def run(code: str, /, **names: Any) -> dict[str, Any]:
    """The names that an example knows in the end, which begins with these."""
    known: dict[str, Any] = {"integrations": integrations, **names}
    exec(code, known)
    return known


def connected(provider: str, serial: str) -> UUID:
    values = {"api_key": key(provider, serial=serial)}
    return integrations.add_connection(provider, "documented", values=values).uuid


@pytest.mark.parametrize("document", ["README.md", "docs/library.md"])
@pytest.mark.usefixtures("db")
def test_a_key_is_read_and_a_client_carries_it(outside: World, document: str) -> None:
    secret = key("openrouter", serial=document)
    uuid = connected("openrouter", document)

    code = example(document, "get_credentials(TRANSLATION_MODEL)")
    known = run(code.replace(DOCUMENTED_UUID, str(uuid)))
    known = run(example(document, "as client:"), **known)

    assert known["headers"] == {"Authorization": f"Bearer {secret}"}
    assert known["models"]["data"]
    assert len(outside.requests(key=secret)) == 1


@pytest.mark.usefixtures("db")
def test_a_removed_connection_ends_the_program_with_a_sentence() -> None:
    code = example("README.md", "get_credentials(TRANSLATION_MODEL)")

    with pytest.raises(SystemExit) as ended:
        run(code)

    assert str(ended.value).startswith("Someone removed the connection. ")


@pytest.mark.usefixtures("db")
def test_sdks_of_providers_take_our_clients(outside: World) -> None:
    model, other = connected("openrouter", "sdk"), connected("mistral", "sdk")
    code = example("docs/library.md", "openai.OpenAI(").replace("sdk = Mistral", "other = Mistral")

    known = run(
        code,
        openai=openai,
        httpx=httpx,
        Mistral=Mistral,
        TRANSLATION_MODEL=model,
        OTHER_MODEL=other,
    )

    asked: Any = [{"role": "user", "content": "Hello"}]
    assert known["sdk"].chat.completions.create(model="a/model", messages=asked).choices
    assert known["other"].chat.complete(model="mistral-small-latest", messages=asked).choices
    assert len(outside.requests(key=key("openrouter", serial="sdk"))) == 1
    assert len(outside.requests(key=key("mistral", serial="sdk"))) == 1


@pytest.mark.usefixtures("db", "outside")
def test_a_connection_is_added_checked_and_heard_of() -> None:
    code = example("docs/library.md", "integrations.subscribe()")
    adding, listening = code.split("\n\n")
    heard = Heard()

    known = run(adding, key=key("openrouter", serial="added by the example"))
    listener = threading.Thread(target=heard.run, args=(listening,), daemon=True)
    listener.start()
    heard.rename_until_heard(known["connection"].uuid)

    assert known["result"].ok
    assert heard.printed in {(kind, known["connection"].uuid) for kind in ("validated", RENAMED)}


@pytest.mark.usefixtures("db")
def test_a_program_connects_an_account(outside: World) -> None:
    client = oauth_client("google", serial="documented exchange")
    values = {"client_id": client.id, "client_secret": client.secret}
    uuid = integrations.add_connection("google", "drive", values=values).uuid
    asking, exchanging = example("docs/library.md", "authorization_url(").splitlines(keepends=True)
    names: Mapping[str, Any] = {
        "uuid": uuid,
        "redirect_uri": CALLBACK,
        "state": "a-state-that-is-long-enough-to-be-one",
        "verifier": VERIFIER,
    }

    known = run(asking, **names)
    back = outside.oauth.authorize(known["url"], account="ada@example.com")
    known = run(exchanging, **known, code=httpx.URL(back).params["code"])

    assert known["connection"].status == "connected"


@pytest.mark.usefixtures("outside")
def test_a_module_says_where_connections_are_used_and_lets_them_be_replaced(
    db: DatabaseUnderTest,
) -> None:
    newsletters.set_up(db)
    old, new = connected("mistral", "used"), connected("openrouter", "instead")
    newsletters.write(db, "Monday", old)
    module = run(
        example("docs/modules.md", "class NewsletterModule"),
        newsletters_using=lambda uuid: [Written(title) for title in newsletters.users(db, uuid)],
        REPOINT=newsletters.REPOINT,
    )["NewsletterModule"]

    registry.register(module())
    try:
        known = run(example("docs/modules.md", "replace_connection("), uuid=old, OTHER=new)
    finally:
        registry.unregister(module.key)

    assert known["integrations"].usages(new) == []
    assert newsletters.users(db, new) == ["Monday"]
    assert newsletters.users(db, old) == []


class Written:
    """A newsletter as the example's own code knows it."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.url = f"/newsletters/{title}"


class Heard:
    """What the example's loop prints first; it would go on for ever."""

    def __init__(self) -> None:
        self.printed: tuple[str, UUID] | None = None
        self._done = threading.Event()

    def run(self, loop: str) -> None:
        class Enough(Exception):
            pass

        def stop(kind: str, uuid: UUID) -> None:
            self.printed = (str(kind), uuid)
            self._done.set()
            raise Enough

        try:
            run(loop, print=stop)
        except Enough:
            return

    def rename_until_heard(self, uuid: UUID) -> None:
        """Change the connection, again and again, until the loop has said so."""
        for number in range(100):
            integrations.rename_connection(uuid, f"renamed-{number}")
            if self._done.wait(timeout=0.2):
                return
        raise AssertionError("Nothing was heard.")
