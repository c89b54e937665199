"""Projects, and the templates that they are made from."""
