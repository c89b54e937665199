"""Asking providers whether credentials work, and recording what they answered."""
