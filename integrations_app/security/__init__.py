"""Protection of secrets: the vault, the one door out, passwords, redaction."""
