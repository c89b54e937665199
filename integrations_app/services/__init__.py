"""What can be done, one transaction each: rows change, and the facts of it, or neither."""
