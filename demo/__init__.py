"""Five invented municipalities to try the program with. Never installed in production."""
