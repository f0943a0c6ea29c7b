"""The self-checks of the exercises: one module per chapter, on top of `checking`."""
