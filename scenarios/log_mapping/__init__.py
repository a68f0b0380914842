"""Mappings proposed for contact logs whose columns have names of their own."""
