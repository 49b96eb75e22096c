"""A plan flown in simulation before it is in force: what would have been seen, and what not when things go wrong."""
