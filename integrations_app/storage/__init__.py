"""PostgreSQL: the engine, the tables, the queries that pages ask; nothing decides here."""
