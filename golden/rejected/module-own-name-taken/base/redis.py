"""Redis, as everybody has it."""
