"""Simulated agents: recordings, a generated city, and recording a real device."""
