"""Requests of consumers, with credentials that renew themselves."""
