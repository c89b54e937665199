"""Ways of Reflex's pages to their server: by WebSocket, else by HTTP long polling."""

SCRIPT = "utils/state.js"
"""Of the folder that Reflex builds in."""

CONNECT_WITHIN_MS = 5_000
"""A proxy may swallow the request for a WebSocket; the page then tries the other way first."""

_CHANGES = (
    ("[env.TRANSPORT]", '[env.TRANSPORT, "polling"]', 2),
    (
        "    transports,\n    protocols:",
        f"    transports,\n    tryAllTransports: true,\n    timeout: {CONNECT_WITHIN_MS},\n"
        "    protocols:",
        1,
    ),
    (
        "  const retryConnect = (error) => {\n",
        "  const retryConnect = (error) => {\n"
        '    if (error?.message === "timeout") socket.current.io.opts.transports.reverse();\n',
        1,
    ),
)


def fall_back_to_polling(script: str) -> str:
    """Return Reflex's script with long polling as the second way; one that has it, as it is.

    Raises:
        RuntimeError: The script is not as this release of Reflex writes it.
    """
    if "tryAllTransports" in script:
        return script
    for written, wanted, times in _CHANGES:
        if script.count(written) != times:
            raise RuntimeError(
                f"Reflex no longer opens its connection as expected in {SCRIPT}: "
                f"{written.strip()!r} is there {script.count(written)} times, not {times}."
            )
        script = script.replace(written, wanted)
    return script
