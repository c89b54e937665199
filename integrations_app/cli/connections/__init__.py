"""The group `integrations connections`."""

from integrations_app.cli.connections import checking, reading, removing, saving
from integrations_app.cli.frame import group

app = group(
    "Look at connections, add, change, test and remove them.",
    example="integrations connections list --provider mistral",
)
for commands in (reading, saving, checking, removing):
    commands.register(app)

__all__ = ["app"]
