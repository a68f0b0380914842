"""Reports as one HTML file each: of a run, of a comparison, of an optimised plan."""
