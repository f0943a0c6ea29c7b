"""The press: it executes, checks and prints the course. Only the command line comes here."""
