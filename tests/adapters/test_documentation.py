"""The documentation's example of adapters runs."""

from __future__ import annotations

import re
from uuid import UUID

from integrations_app import integrations
from tests.api.oauth.accounts import exchange
from tests.processes import REPOSITORY, run
from tests.world import OAuthClient, World, oauth_client

WITHIN = """
import asyncio
import aiohttp, requests
from google.auth.transport.requests import AuthorizedSession
from integrations_app import integrations
DRIVE, OFFICE = {drive!r}, {office!r}
async def run():
    {example}
    return [each["name"] for each in files["files"]], list(headers)
print(asyncio.run(run()))
"""


def test_the_example_runs(outside: World, google: tuple[UUID, OAuthClient]) -> None:
    client = oauth_client("microsoft", serial="the documented example")
    values = {"client_id": client.id, "client_secret": client.secret}
    office = integrations.add_connection("microsoft", "office", values=values)
    exchange(outside, office.uuid)
    documented = (REPOSITORY / "docs" / "library.md").read_text()
    [example] = [
        each
        for each in re.findall(r"```python\n(.*?)```", documented, re.DOTALL)
        if "integrations.adapters" in each
    ]
    example = example.replace("middlewares=middlewares", "middlewares=middlewares, trust_env=True")
    token = integrations.get_credentials(google[0])["access_token"]
    before = len(outside.requests(host="www.googleapis.com", key=token))

    ran = run(
        WITHIN.format(
            drive=str(google[0]),
            office=str(office.uuid),
            example=example.replace("\n", "\n    "),
        )
    )

    assert ran == "(['Budget.xlsx'], ['Authorization'])"
    assert len(outside.requests(host="www.googleapis.com", key=token)) == before + 3
