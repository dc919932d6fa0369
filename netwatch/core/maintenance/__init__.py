"""Declared windows of maintenance."""
