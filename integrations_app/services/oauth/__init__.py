"""Connecting accounts by OAuth2: the web flow, the exchange, and changes of account."""
