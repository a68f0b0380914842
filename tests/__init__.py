"""Tests; a package so that they can share strategies whatever else is called tests."""
