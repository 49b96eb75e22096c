"""Cases: what an officer made of an alert, as a set of edits that nodes exchange and that always fold to the same."""
