"""Scenario files: YAML read with every problem named by line and column, written as people write."""
