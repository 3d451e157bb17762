"""Machines that fail: what Uppsikt owes, says and sends is the same as if they had not."""
