"""`python -m tests.world --directory DIR`: a world to try the product in by hand.

Prints the environment as `export …` lines, the keys and OAuth clients as comments, then serves
until Ctrl-C or SIGTERM.
"""

from __future__ import annotations

import argparse
import shlex
import signal
from pathlib import Path

from .keys import SHAPES, Behaviour, key
from .oauth.clients import CLIENT_SHAPES, TokenBehaviour, oauth_client
from .world import World

ENDINGS = (signal.SIGINT, signal.SIGTERM)


def main() -> None:
    """Serve a world until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m tests.world", description=__doc__)
    parser.add_argument("--directory", type=Path, required=True, help="for the certificate file")
    directory: Path = parser.parse_args().directory
    directory.mkdir(parents=True, exist_ok=True)
    # Blocked before any thread starts, so that only the wait below gets them.
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDINGS)
    with World.start(directory) as world:
        _print_environment(world)
        _print_keys()
        _print_clients()
        signal.sigwait(ENDINGS)


def _print_environment(world: World) -> None:
    for name, value in world.environment.items():
        print(f"export {name}={shlex.quote(value)}", flush=True)


def _print_keys() -> None:
    for provider in SHAPES:
        for behaviour in Behaviour:
            print(f"# {provider:10}  {behaviour:18}  {key(provider, behaviour)}", flush=True)


def _print_clients() -> None:
    for provider in CLIENT_SHAPES:
        for behaviour in TokenBehaviour:
            client = oauth_client(provider, behaviour)
            print(f"# {provider:10}  {behaviour:18}  {client.id}  {client.secret}", flush=True)


if __name__ == "__main__":
    main()
