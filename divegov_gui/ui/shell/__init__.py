"""The window's frame around the pages: navigation, header, notices, status."""
