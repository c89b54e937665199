"""Modules of this app that have pages of their own."""
