"""The pages of channels: each permits, parses, calls one action and answers."""
