"""The use cases, one transaction each: rows change and the facts of it are recorded, or neither."""
