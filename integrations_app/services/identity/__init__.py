"""Admins, their sessions and how often a password may be tried."""
