"""The face of a node: the picture as binary frames, a live stream and an API for the map in the browser."""
