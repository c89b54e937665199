"""A request with its credential in it, which nobody but the provider gets to see."""

from urllib.parse import parse_qsl, unquote, unquote_plus, urlencode, urlsplit

import httpx2

from integrations_app.providers.placement import Placed


class CredentialedRequest(httpx2.Request):
    """A request that carries a credential; its `repr` shows none of it.

    Attributes:
        in_address: Whether its address does, and not its headers alone.
    """

    in_address = False

    def __repr__(self) -> str:
        return f"<{type(self).__name__}({self.method!r}, to {self.url.host!r})>"


def with_credential(request: httpx2.Request, placed: Placed) -> CredentialedRequest:
    """A copy that carries the credential; what the caller put in the same places is replaced.

    The caller's own request stays as it was: it is what clients log, and what responses and
    exceptions keep.
    """
    in_address = bool(placed.query or placed.path)
    copy = CredentialedRequest(
        request.method,
        _address(request.url, placed) if in_address else request.url,
        headers=request.headers,
        stream=request.stream,
        extensions=request.extensions,
    )
    copy.in_address = in_address
    for name, value in placed.headers.items():
        copy.headers[name] = value
    return copy


def without_credential(response: httpx2.Response, placed: Placed) -> httpx2.Response:
    """The response, whose redirect no longer repeats what was put into the address."""
    if placed.query or placed.path:
        location = response.headers.get("location")
        if location is not None:
            response.headers["location"] = _bare(location, placed)
    return response


def _address(url: httpx2.URL, placed: Placed) -> httpx2.URL:
    path, _, query = url.raw_path.decode("ascii").partition("?")
    query = "&".join(filter(None, [_other_parameters(query, placed), urlencode(placed.query)]))
    target = f"{placed.path}{path}{f'?{query}' if query else ''}"
    return url.copy_with(raw_path=target.encode("ascii"))


def _other_parameters(query: str, placed: Placed) -> str:
    """The query without the credential's parameters, every other byte as it was."""
    return "&".join(
        part
        for part in query.split("&")
        if unquote_plus(part.partition("=")[0]) not in placed.query
    )


def _bare(location: str, placed: Placed) -> str:
    try:
        parts = urlsplit(location)
    except ValueError:  # nor can the client make anything of it
        return location
    ours, path = placed.path.split("/"), parts.path.split("/")
    if placed.path and [*map(unquote, path[: len(ours)])] == [*map(unquote, ours)]:
        parts = parts._replace(path="/" + "/".join(path[len(ours) :]))
    if parse_qsl(parts.query):
        parts = parts._replace(query=_other_parameters(parts.query, placed))
    return parts.geturl()
