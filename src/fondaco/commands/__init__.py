"""What ``fondaco`` can be told to do, one command or family of commands a file."""
