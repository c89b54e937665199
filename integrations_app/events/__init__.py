"""The way of committed facts to this process: PostgreSQL's NOTIFY, one listener, one hub."""
