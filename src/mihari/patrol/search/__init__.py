"""Who flies where: routes of a whole fleet, improved move by move on the exact age of every cell."""
