"""What the program can do, a module a capability: plain functions on a session, free of Qt."""
