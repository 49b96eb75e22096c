"""What one node's officers learn, between its records and the mesh: edits of cases, bundles of patterns."""
