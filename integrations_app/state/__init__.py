"""States of open pages: every public method is callable, every public var readable, by anyone."""
