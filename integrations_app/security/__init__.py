"""What keeps secrets secret: the vault, the one door out, passwords, redaction."""
