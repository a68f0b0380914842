"""What service is worth: loyalty of customers, their value, surveys, and the traffic light of service quality."""
