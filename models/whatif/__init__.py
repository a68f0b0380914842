"""What-if studies: the automation frontier, trade-offs, sensitivity, redesigns."""
