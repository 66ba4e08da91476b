"""The schema's history, one file a version; ``fondaco.storage.migrate`` plays it."""
