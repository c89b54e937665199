"""Kinds of outside services: their declarations, and what is read from them."""
