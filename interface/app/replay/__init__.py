"""The replay of a simulated day: customers and agents as they moved through the queues."""
