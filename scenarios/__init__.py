"""What is given and what is wanted: a contact centre as a frozen value."""
