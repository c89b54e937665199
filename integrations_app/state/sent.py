"""Reading what browsers send."""


def clean(text: str) -> str:
    """What a browser sent, without what no address and no database can hold."""
    return text.encode("utf-8", "ignore").decode().replace("\0", "")
