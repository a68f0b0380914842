"""How people see it: the command line, the pages, the bootstrap that sets everything up."""
