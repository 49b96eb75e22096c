"""Everything that flowed -> Parquet, and back: written while the node runs, asked with DuckDB."""
