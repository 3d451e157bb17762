"""Input of channels turned into the values that the actions take."""
