"""How long a program waits for its first credentials, and how much memory it has taken by then.

`python -m tests.benchmarks.first_credentials [RUNS]` starts as many programs, one after the other,
on a local database. Time counts from the start of Python; memory is the most that was resident.
The processor's time stands beside it, which a busy machine changes less.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time

import pytest

from integrations_app import integrations
from tests import postgresql
from tests.conftest import ENCRYPTION_KEY

WITHIN_S = 0.6
WITHIN_MB = 90
SECRET = "sk-or-v1-" + 64 * "5"

PROGRAM = """
import sys
from integrations_app import integrations
assert integrations.get_credentials(sys.argv[1])["api_key"] == {secret!r}
"""
NOTHING = "pass"
"""Python itself, for comparison."""
TELL_PEAK = """
print(*(line for line in open("/proc/self/status") if line.startswith("VmHWM:")))
"""
"""What is accounted to the process counts its parent's memory, too."""


def main(runs: int) -> None:
    """Print the medians of so many runs, beside what they are to be."""
    with (
        postgresql.server() as server,
        server.migrated() as template,
        server.database(template=template) as db,
        tempfile.TemporaryDirectory() as data_dir,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("DATABASE_URL", db.url)
        patch.setenv("INTEGRATIONS_DATA_DIR", data_dir)
        patch.setenv("INTEGRATIONS_ENCRYPTION_KEYS", ENCRYPTION_KEY)
        uuid = integrations.add_connection("mistral", "bench", values={"api_key": SECRET}).uuid
        program = PROGRAM.format(secret=SECRET)
        run(program, str(uuid))  # the first one reads files that the others find in memory
        for name, script in (("python", NOTHING), ("first credentials", program)):
            found = [run(script, str(uuid)) for _ in range(runs)]
            waited_s, busy_s, resident_mb = (
                statistics.median(part) for part in zip(*found, strict=True)
            )
            print(
                f"{name:18} {waited_s:6.2f} s {resident_mb:6.0f} MB ({busy_s:.2f} s of processor)"
            )
    print(f"{'at most':18} {WITHIN_S:6.2f} s {WITHIN_MB:6.0f} MB")


def run(script: str, *arguments: str) -> tuple[float, float, float]:
    """Seconds, seconds of processor and megabytes that a program takes, which must end well."""
    before, began_at = os.times(), time.perf_counter()
    told = subprocess.check_output([sys.executable, "-c", script + TELL_PEAK, *arguments])
    waited_s, after = time.perf_counter() - began_at, os.times()
    busy_s = after[2] + after[3] - before[2] - before[3]  # of children, user and system
    return waited_s, busy_s, int(told.split()[1]) / 1024


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
