"""One module per route; what it looks like, and which state it shows."""
