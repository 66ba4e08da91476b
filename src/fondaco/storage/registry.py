"""What changes rarely, in either database."""

from __future__ import annotations

from fondaco.storage.registry_access import SqlAccess
from fondaco.storage.registry_articles import SqlArticles
from fondaco.storage.registry_credentials import SqlCredentials
from fondaco.storage.registry_replies import SqlReplies


class SqlRegistry(SqlAccess, SqlCredentials, SqlArticles, SqlReplies):
    """The ``Registry`` of ``fondaco.domain.ports`` on SQLAlchemy Core.

    Takes an engine of ``fondaco.storage.database`` on a migrated database; whoever made it disposes of it.
    Besides the errors that the port names, every operation raises StorageError or one of its kin.
    """
