"""Pictures, alerts and decisions ⇄ other nodes, over links that are slow, lossy and cut."""
