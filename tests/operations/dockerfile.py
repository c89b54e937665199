"""A Dockerfile's steps, carried out in bare folders of this machine, where there may be no Docker.

The folders of the image that the steps name (`/app`, `/src` …) are folders of the test's own; what
the base image brings (Python, make) is this machine's.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.processes import REPOSITORY

_OWN = re.compile(r"(?<![\w./-])/(src|app|data)\b")
_OF_THE_BASE = re.compile(r"apt-get ")
_BASE = "base"
_WITHIN_S = 900


@dataclass(frozen=True, kw_only=True)
class Step:
    """One instruction, with its reason: the comment right above it."""

    name: str
    text: str
    reason: str


@dataclass(kw_only=True)
class Image:
    """What the steps have made: folders below `root`, and how a container starts."""

    root: Path
    environment: dict[str, str] = field(default_factory=dict)
    folder: Path = Path("/")
    user: str = "0:0"
    command: Sequence[str] = ()
    health: Sequence[str] = ()

    def place(self, text: str) -> str:
        """The text with the image's own folders where they are here."""
        return _OWN.sub(lambda found: str(self.root / found[1]), text)

    def container(self, command: Sequence[str], **environment: str) -> subprocess.Popen[str]:
        """Start a command as a container would: as its user, with nothing to write to but /tmp."""
        user, _, group = self.user.partition(":")
        read_only = "mount -o remount,bind,ro / && mount -t tmpfs tmpfs /tmp && exec setpriv"
        return subprocess.Popen(
            [
                *("unshare", "--mount", "--", "sh", "-c", f'{read_only} "$@"', "sh"),
                *("--reuid", user, "--regid", group, "--clear-groups", "--no-new-privs"),
                *("--bounding-set", "-all", "--", *command),
            ],
            cwd=self.folder,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


def steps(dockerfile: Path) -> list[Step]:
    """The instructions of a Dockerfile, in their order."""
    return list(_steps(dockerfile.read_text()))


def _steps(text: str) -> Iterator[Step]:
    reason: list[str] = []
    for line in re.sub(r"\s*\\\n\s*", " ", text).splitlines():
        if line.startswith("#"):
            reason.append(line.removeprefix("#").strip())
        elif not line.strip():
            reason.clear()
        else:
            name, _, arguments = line.partition(" ")
            yield Step(name=name, text=arguments, reason=" ".join(reason))
            reason.clear()


def perform(dockerfile: Path, root: Path) -> Image:
    """Build below `root` what the last stage of the Dockerfile is."""
    _bring_python(root / _BASE)
    image = Image(root=root)
    for step in steps(dockerfile):
        if step.name == "FROM":
            image = Image(root=root)
        else:
            _DO[step.name](image, step.text)
    return image


def _bring_python(folder: Path) -> None:
    """Have `python3` be one that others than root reach, as in the base image."""
    folder.mkdir()
    if any(not each.stat().st_mode & stat.S_IXOTH for each in Path(sys.base_prefix).parents):
        program = folder / "python3"
        program.write_text('#!/bin/sh\nexec /usr/bin/python3 "$@"\n')
        program.chmod(0o755)


def _copy(image: Image, text: str) -> None:
    *source, target = shlex.split(text)
    if source == ["."]:
        shutil.copytree(REPOSITORY, image.folder, ignore=_ignored, dirs_exist_ok=True)
    # Another stage's folder is there already: all stages have one root here.
    assert source == ["."] or (source[0] == "--from=build" and source[1] == target)


def _ignored(folder: str, names: list[str]) -> list[str]:
    listed = (REPOSITORY / ".dockerignore").read_text().splitlines()
    anywhere = {each.removeprefix("**/") for each in listed if each.startswith("**/")}
    at_top = set(listed) if Path(folder) == REPOSITORY else set()
    return [name for name in names if name in anywhere | at_top]


def _run(image: Image, text: str) -> None:
    if _OF_THE_BASE.match(text):
        return
    path = os.pathsep.join([str(image.root / _BASE), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, **image.environment}
    for name in ("VIRTUAL_ENV", "PYTHONPATH", "MAKEFLAGS", "MAKELEVEL"):
        environment.pop(name, None)
    done = subprocess.run(
        ["sh", "-euc", image.place(text)],
        cwd=image.folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_WITHIN_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def _env(image: Image, text: str) -> None:
    assigned: Mapping[str, str] = dict(each.split("=", 1) for each in shlex.split(text))
    image.environment |= {name: image.place(value) for name, value in assigned.items()}


def _workdir(image: Image, text: str) -> None:
    image.folder = Path(image.place(text))
    image.folder.mkdir(parents=True, exist_ok=True)


def _user(image: Image, text: str) -> None:
    image.user = text


def _healthcheck(image: Image, text: str) -> None:
    image.health = json.loads(text.partition(" CMD ")[2])


def _command(image: Image, text: str) -> None:
    image.command = json.loads(text)


def _expose(_image: Image, text: str) -> None:
    assert text.isdecimal()


_DO = {
    "COPY": _copy,
    "RUN": _run,
    "ENV": _env,
    "WORKDIR": _workdir,
    "USER": _user,
    "HEALTHCHECK": _healthcheck,
    "CMD": _command,
    "EXPOSE": _expose,
}
