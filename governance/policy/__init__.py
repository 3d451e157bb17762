"""Policy as data: a municipality's guideline, read from one file into frozen, typed objects."""
