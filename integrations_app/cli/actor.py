"""The actor that the audit log remembers for what the command line does."""

from integrations_app.domain.actor import Actor, Origin

COMMAND_LINE = Actor(
    kind="system", id="integrations", label="system:integrations", origin=Origin.CLI
)
