"""Asking a provider whether credentials work: what to send, and how to read the answer."""
