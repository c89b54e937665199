"""What open pages know: every public method is callable, every public var readable, by anyone."""
