"""The way to the providers: certificates, proxy, and whether those in use can be reached."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from integrations_app.domain.finding import Finding, ok, problem, warning
from integrations_app.domain.provider import Provider
from integrations_app.errors import DatabaseUnavailable, InvalidSetting, StartRefused
from integrations_app.providers.templates import placeholders
from integrations_app.security import egress, network
from integrations_app.services import catalogue
from integrations_app.settings import Settings
from integrations_app.storage import queries
from integrations_app.storage.engine import database

_WITHIN_S = 5.0
_AT_ONCE = 8


def examine_certificates(_configured: Settings) -> Iterator[Finding]:
    """Examine the certificates that providers are verified with."""
    subject = "outside.certificates"
    file, folder = network.certificates()
    try:
        network.tls_context()
    except InvalidSetting as error:
        yield problem(subject, str(error), "Correct or unset the variable.")
    else:
        yield ok(subject, f"those in {file or folder}" if file or folder else "the default ones")


def examine_proxy(_configured: Settings) -> Iterator[Finding]:
    """Examine the proxy that requests to providers take."""
    subject = "outside.proxy"
    try:
        proxy = network.proxy_for("example.com")
    except InvalidSetting as error:
        yield problem(subject, str(error), "Correct or unset the variable.")
        return
    yield ok(subject, f"through {_without_password(proxy)}" if proxy else "none")


def examine_providers(_configured: Settings) -> Iterator[Finding]:
    """Examine whether the providers of the stored connections can be reached.

    They are asked for nothing but an answer, without any credential.
    """
    try:
        providers = _in_use()
    except (DatabaseUnavailable, StartRefused):
        return  # said before
    hosts = [(key, host) for key, provider in providers.items() for host in _hosts(provider)]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        yield from pool.map(_reachable, *zip(*hosts, strict=True)) if hosts else ()
    for key, provider in providers.items():
        if provider is None:
            message = f"Stored connections are of provider {key}, which nothing here declares."
            yield problem(f"outside.{key}", message, "Install the package that declares it.")


def _in_use() -> dict[str, Provider | None]:
    used = database().fetch(queries.providers_in_use)
    return {row.provider: catalogue.find(row.provider) for row in used}


def _hosts(provider: Provider | None) -> list[str]:
    """The hosts that requests of ours go to, as far as the declaration alone says."""
    if provider is None:
        return []
    urls = [provider.check.url] if provider.check else []
    urls += [provider.oauth.token_url] if provider.oauth else []
    fixed = {urlsplit(url).hostname for url in urls if not placeholders(urlsplit(url).netloc)}
    return sorted(host for host in fixed if host)


def _reachable(key: str, host: str) -> Finding:
    subject = f"outside.{key}"
    try:
        egress.send(
            "HEAD", f"https://{host}/", headers={}, allowed=host.__eq__, deadline_s=_WITHIN_S
        )
    except egress.PrivateNetwork:
        message = f"{host} leads into a private network, where requests do not go."
        remedy = "Correct the name service, or set INTEGRATIONS_ALLOW_PRIVATE_NETWORK."
        return problem(subject, message, remedy)
    except egress.InvalidResponse:
        return warning(subject, f"{host} does not speak HTTP.", "Check what answers in its place.")
    except InvalidSetting as error:
        return problem(subject, f"{host} was not asked: {error}", "Correct or unset the variable.")
    except egress.EgressFailed as error:
        message = f"{host} could not be reached ({error})."
        return problem(subject, message, "Check the firewall, the proxy and the certificates.")
    return ok(subject, f"{host} answers")


def _without_password(proxy: str) -> str:
    parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
