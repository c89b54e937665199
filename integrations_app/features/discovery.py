"""The features of this process: built in, and those of installed packages."""

from importlib.metadata import EntryPoint, entry_points

from integrations_app import built_in
from integrations_app.errors import InvalidDeclaration
from integrations_app.feature import Feature

ENTRY_POINT_GROUP = "integrations_app.features"
"""Each names a function without arguments that returns a `Feature`."""


def built_in_features() -> tuple[Feature, ...]:
    """Return the features that come with this package, beside the app's core."""
    locations = built_in.feature_locations()
    return tuple(_load(EntryPoint(*location, ENTRY_POINT_GROUP)) for location in locations)


def installed_features() -> tuple[Feature, ...]:
    """Return the features of installed packages.

    Raises:
        InvalidDeclaration: One of them cannot be loaded.
    """
    return tuple(map(_load, entry_points(group=ENTRY_POINT_GROUP)))


def _load(entry_point: EntryPoint) -> Feature:
    source = f"entry point {entry_point.name!r} ({entry_point.value})"
    try:
        feature = entry_point.load()()
    except Exception as error:  # someone else's code: say whose it is, whatever it did
        problem = " ".join(f"cannot be loaded: {error}".split())
        raise InvalidDeclaration(source, problem) from error
    if not isinstance(feature, Feature):
        raise InvalidDeclaration(source, "does not return a Feature")
    return feature
