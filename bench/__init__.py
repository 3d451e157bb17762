"""Measurements, always as ratios of medians of alternating rounds against a floor in one run.

`./dev bench` runs them all, `./dev bench sweep` one. A module of this package with a function
`measure(report)` is a measurement.
"""
