"""Spreadsheets and what other systems export -> rows for the inventory, and every row in doubt, with its place.

The stages, in order: `workbook`, `delimited`, `monitors` (bytes -> grids of cells), `headers` and `mapping` (which
column is which key), `cells` and `rows` (cells -> drafts, or doubts), `places` (where things stand -> sites),
`together` (numbers, ports and addresses given twice), `compare` (what differs from what is there), `writing`
(records -> files that the inventory includes). What is in doubt is never written; nothing is guessed silently.
"""
