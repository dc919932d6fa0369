"""Rows of the ledger and an inventory -> the numbers of a report. Nothing is rendered here."""
