"""Instructions for what to do at a provider, and places to read further."""

from integrations_app.domain.declared import declared


@declared
class Link:
    """A place to read or click further."""

    label: str
    url: str


@declared
class Step:
    """One titled step of the setup instructions.

    Attributes:
        title: What to do, in a few words.
        text: How, in a sentence or two.
        link: Where.
        copy: A value to copy there; `{redirect_uri}` is filled in.
    """

    title: str
    text: str = ""
    link: Link | None = None
    copy: str | None = None


@declared
class Instructions:
    """Instructions for the provider's pages, to follow before typing anything here.

    Attributes:
        steps: In their order.
        notes: Traps that people fall into.
    """

    steps: tuple[Step, ...] = ()
    notes: tuple[str, ...] = ()
