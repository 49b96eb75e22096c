"""Picture and history -> behaviours and fleets, live and over years of archive by the same code."""
