"""The address under which browsers reach the app, as they write it themselves."""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from integrations_app import routes
from integrations_app.errors import InvalidSetting
from integrations_app.settings import hosts

_NAME = "INTEGRATIONS_PUBLIC_URL"
_EXAMPLE = "must be like https://admin.example.com"
_PART = re.compile(r"(?!\.+$)[A-Za-z0-9_~.-]+")
_USUAL_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicUrl:
    """An origin, written as a browser's `Origin` header writes it, and a path below it.

    Attributes:
        scheme: `http` or `https`.
        host: Name or literal address, in ASCII and lower case, an IPv6 address without brackets.
        port: The scheme's usual one, too.
        path: Such as `/tools`, without a slash at its end; empty for the whole host.
    """

    scheme: str
    host: str
    port: int
    path: str = ""

    @property
    def url(self) -> str:
        """The whole address, without a trailing slash."""
        return self.origin + self.path

    @property
    def origin(self) -> str:
        """Scheme, host and port, without a trailing slash."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if self.has_usual_port else f":{self.port}")

    @property
    def has_usual_port(self) -> bool:
        """Return whether browsers leave the port out."""
        return self.port == _USUAL_PORTS[self.scheme]

    @property
    def is_https(self) -> bool:
        """Return whether browsers come by TLS."""
        return self.scheme == "https"

    @property
    def is_local(self) -> bool:
        """Return whether it is a name or an address of whichever machine uses it."""
        if self.host == "localhost" or self.host.endswith(".localhost"):
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


def parse(text: str) -> PublicUrl | None:
    """Return the address that a text means; None for no text.

    Raises:
        InvalidSetting: It is none, or more than an address; the message does not repeat it, since
            it may hold a password.
    """
    if not text:
        return None
    url, port = _split(text)
    if url.scheme not in _USUAL_PORTS or not url.hostname:
        raise InvalidSetting(_NAME, _EXAMPLE)
    if "@" in url.netloc:
        raise InvalidSetting(_NAME, "must hold no user name and no password")
    if url.query or url.fragment:
        raise InvalidSetting(_NAME, f"{_EXAMPLE}, with nothing behind it")
    path = _path(url.path)
    host = hosts.normalised(url.hostname)
    if host is None:
        raise InvalidSetting(_NAME, "has no valid host name")
    port = port or _USUAL_PORTS[url.scheme]
    return PublicUrl(scheme=url.scheme, host=host, port=port, path=path)


def _path(text: str) -> str:
    path = text.rstrip("/")
    if not path:
        return ""
    parts = path.removeprefix("/").split("/")
    if not all(_PART.fullmatch(part) for part in parts):
        raise InvalidSetting(_NAME, "has a path that is not like /tools")
    if parts[0] in routes.OWN_PATHS:
        raise InvalidSetting(_NAME, f"has a path that begins with /{parts[0]}, as pages of ours do")
    return path


def _split(text: str) -> tuple[SplitResult, int | None]:
    # urlsplit drops tabs and line ends, and browsers take a backslash for a slash.
    if any(each.isspace() or not each.isprintable() or each == "\\" for each in text):
        raise InvalidSetting(_NAME, _EXAMPLE)
    url = _cut(text)
    if url is None:
        raise InvalidSetting(_NAME, _EXAMPLE)
    port = _port(url)
    if port == 0:
        raise InvalidSetting(_NAME, "names no port from 1 to 65535")
    return url, port


def _cut(text: str) -> SplitResult | None:
    try:
        return urlsplit(text)
    except ValueError:  # its message quotes the address
        return None


def _port(url: SplitResult) -> int | None:
    try:
        return url.port
    except ValueError:  # this one, too
        return 0
