"""What service is worth: the loyalty of customers, the churn that bad contacts cause, and their value."""
