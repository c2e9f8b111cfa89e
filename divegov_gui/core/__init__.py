"""What every layer shares: errors, progress, paths and records. Plain Python only."""
