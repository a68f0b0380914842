"""Simulation, contact by contact: random inputs, two engines, logs, and the measures made of them."""
