"""Grading: exercise notebooks go out to a class, come back, and are run and checked from outside."""
