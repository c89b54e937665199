"""How committed facts reach this process: PostgreSQL's NOTIFY, one listener, one hub."""
