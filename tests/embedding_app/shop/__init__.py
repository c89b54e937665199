"""A shop that embeds integrations: its own pages, sign-in and tables, in one database with them."""
