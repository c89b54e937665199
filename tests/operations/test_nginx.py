"""Below a path of a host, behind Debian's nginx."""

from __future__ import annotations

import base64
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from integrations_app import routes
from tests.conftest import ENCRYPTION_KEY
from tests.e2e import serving
from tests.e2e.serving import free_port
from tests.operations import debian
from tests.operations.postgres import APP, Postgres

BASE = "/tools"
CONFIGURATION = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        location {base}/ {{
            proxy_pass http://127.0.0.1:{to}/;
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $http_connection;
        }}
    }}
}}
"""
_LISTENS_WITHIN_S = 10.0


@pytest.fixture
def port(server: Postgres, tmp_path: Path) -> Iterator[int]:
    """Where nginx listens, which strips the path."""
    listened, behind = free_port(), free_port()
    configuration = tmp_path / "nginx.conf"
    filled = CONFIGURATION.format(folder=tmp_path, port=listened, to=behind, base=BASE)
    configuration.write_text(filled)
    command = [str(debian.program("nginx")), "-p", str(tmp_path), "-c", str(configuration)]
    with (
        server.database("below", owner=APP) as name,
        serving.running(
            tmp_path,
            database_url=server.url(name),
            port=behind,
            INTEGRATIONS_PUBLIC_URL=f"http://localhost:{listened}{BASE}/",
            INTEGRATIONS_ENCRYPTION_KEYS=ENCRYPTION_KEY,
        ),
        subprocess.Popen(command, stderr=subprocess.DEVNULL) as nginx,
    ):
        try:
            _wait_for(listened)
            yield listened
        finally:
            nginx.terminate()


def _wait_for(port: int) -> None:
    give_up_at = time.monotonic() + _LISTENS_WITHIN_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            assert time.monotonic() < give_up_at, "nginx does not listen."
            time.sleep(0.02)
        else:
            return


def test_pages_redirects_and_websockets_are_found_below_the_path(port: int) -> None:
    root = f"http://localhost:{port}{BASE}"
    with urllib.request.urlopen(f"{root}/login", timeout=10) as answer:
        assert f'src="{BASE}/forms.js"' in answer.read().decode()
    with urllib.request.urlopen(f"{root}/forms.js", timeout=10) as answer:
        assert answer.status == 200
    with urllib.request.urlopen(root + routes.OAUTH_CALLBACK, timeout=10) as answer:
        assert answer.url.startswith(f"{root}/login")

    with socket.create_connection(("127.0.0.1", port), timeout=10) as websocket:
        key = base64.b64encode(b"0" * 16).decode()
        websocket.sendall(
            f"GET {BASE}/_event/?token=t&EIO=4&transport=websocket HTTP/1.1\r\n"
            f"Host: localhost:{port}\r\nOrigin: http://localhost:{port}\r\n"
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {key}\r\n\r\n".encode()
        )
        assert websocket.recv(100).startswith(b"HTTP/1.1 101 ")
