"""Variables by which Reflex serves a build that is there; to be set before it is imported."""

# The first three mount the built pages and skip the compiler; Reflex sets them for the servers it
# starts itself. The others keep it off the network.
VARIABLES = {
    "REFLEX_ENV_MODE": "prod",
    "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "true",
    "__REFLEX_SKIP_COMPILE": "true",
    "REFLEX_CHECK_LATEST_VERSION": "false",
    "REFLEX_TELEMETRY_ENABLED": "false",
    # Many a hosted Redis may not be configured by its clients; `startup` says what to do there.
    "REFLEX_IGNORE_REDIS_CONFIG_ERROR": "true",
}
