"""A patrol on a node: its plan is made or loaded, kept, rolled on, changed at once, and shown with what was seen."""
