"""Scheduled work: checks and renewals that are due."""
