"""History: what was known of any diver, when, and by whom."""
