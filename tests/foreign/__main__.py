"""`python -m tests.foreign --database FILE`: the server's own process.

Prints one line of JSON (`server.Facts`), then serves until its standard input
ends, so that it never outlives the tests.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from socketserver import ThreadingMixIn
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import django

from . import settings

LOOPBACK = "127.0.0.1"


class Server(ThreadingMixIn, WSGIServer):
    """Answers by HTTP/1.0, which ends the connection after each answer: easy to hand over."""

    daemon_threads = True
    request_queue_size = 128


def main() -> None:
    """Set up and serve."""
    parser = argparse.ArgumentParser(prog="python -m tests.foreign", description=__doc__)
    parser.add_argument("--database", type=Path, required=True, help="a new file")
    settings.configure(parser.parse_args().database)
    django.setup()
    clients = _set_up()
    with Server((LOOPBACK, 0), WSGIRequestHandler) as server:
        server.set_app(_application())
        Thread(target=server.serve_forever, daemon=True).start()
        print(json.dumps({"port": server.server_port, **clients}), flush=True)
        sys.stdin.read()


def _application() -> object:
    from django.core.handlers.wsgi import WSGIHandler

    return WSGIHandler()


def _set_up() -> dict[str, str]:
    """Make the tables, one person and two clients; gives the clients' credentials."""
    from django.contrib.auth.models import User
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    User.objects.create_user(
        settings.USERNAME, password=settings.PASSWORD, first_name=settings.NAME
    )
    client_id, client_secret = _register("Integrations", grant="authorization-code")
    service_client_id, service_client_secret = _register("Night shift", grant="client-credentials")
    return {
        "client_id": client_id,
        "client_secret": client_secret,
        "service_client_id": service_client_id,
        "service_client_secret": service_client_secret,
    }


def _register(name: str, *, grant: str) -> tuple[str, str]:
    from oauth2_provider.generators import generate_client_secret
    from oauth2_provider.models import Application

    secret = generate_client_secret()
    client = Application.objects.create(
        name=name,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=grant,
        client_secret=secret,
        redirect_uris=settings.REDIRECT_URIS if grant == "authorization-code" else "",
        skip_authorization=False,
    )
    return client.client_id, secret


if __name__ == "__main__":
    main()
