"""PostgreSQL behind the ports: any number of processes and hosts on the same tables."""
