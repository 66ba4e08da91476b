"""Tools from an OpenAPI document (3.0 or 3.1): chosen operations become HTTP requests."""
