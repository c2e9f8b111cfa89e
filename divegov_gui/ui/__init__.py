"""The window: pages, widgets and the theme. Knows services by their plain functions, and no database."""
