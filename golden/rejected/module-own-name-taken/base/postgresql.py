"""PostgreSQL, as everybody has it."""
