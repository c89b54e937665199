"""Certificates for whatever host is asked for, from an authority made for one world."""

from __future__ import annotations

import ssl
from pathlib import Path

import trustme


class Authority:
    """A certificate authority that only clients given its file trust."""

    def __init__(self) -> None:
        self._ca = trustme.CA(organization_name="The stand-in world")
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._hosts: dict[ssl.SSLContext, str] = {}

    def write_certificate(self, path: Path) -> None:
        """Write what clients have to trust, as PEM."""
        self._ca.cert_pem.write_to_path(str(path))

    def server_context(self) -> ssl.SSLContext:
        """A TLS context that shows each client a certificate for the host it asks for."""
        context = self._context_for("localhost")
        context.sni_callback = self._answer_server_name
        return context

    def host_shown(self, context: ssl.SSLContext) -> str:
        """The host whose certificate a connection in this context was shown."""
        return self._hosts[context]

    def _answer_server_name(
        self, tls: ssl.SSLObject, server_name: str | None, _default: ssl.SSLContext
    ) -> None:
        if server_name:
            tls.context = self._context_for(server_name.lower())

    def _context_for(self, host: str) -> ssl.SSLContext:
        if host not in self._contexts:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._ca.issue_cert(host).configure_cert(context)
            self._contexts[host] = context
            self._hosts[context] = host
        return self._contexts[host]
