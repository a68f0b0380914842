"""History to forecast: methods, their past errors on the person's own records, bands, and the rest of a day."""
