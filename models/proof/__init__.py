"""What the search for staffing is made of: plans, cuts, slopes, and how evidence is judged."""
