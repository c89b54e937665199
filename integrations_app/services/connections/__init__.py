"""Connections as rows: edited, found, listed, used, replaced."""
