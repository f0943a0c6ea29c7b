"""What every room of the package stands on: errors, files, places, chance, threads, progress."""
