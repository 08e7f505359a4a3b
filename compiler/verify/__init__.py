"""A written tree -> what is wrong with it: it was changed, or systemd does not take it."""
