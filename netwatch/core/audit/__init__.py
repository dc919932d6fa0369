"""Availability from a record: intervals, gaps and declarations as values in, exact figures out. Pure."""
