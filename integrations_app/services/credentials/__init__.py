"""Key ring, stored secrets, tokens: decrypted, renewed by one caller at a time, revoked."""
