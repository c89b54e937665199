"""Lists: one table for all of them, with columns, actions and filters as data."""
