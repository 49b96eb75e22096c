"""Archive + pipeline -> the state of a node at any past moment."""
