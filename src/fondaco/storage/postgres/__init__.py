"""PostgreSQL behind the ports: any number of processes and hosts on the same tables.

Importing it raises ConfigurationError where the driver is not installed.
"""

from fondaco.storage.drivers import asyncpg_driver

asyncpg_driver()

from fondaco.storage.postgres.reader import PostgresReader  # noqa: E402  # what follows imports the driver
from fondaco.storage.postgres.store import PostgresStore  # noqa: E402

__all__ = ["PostgresReader", "PostgresStore"]
