"""The providers' protocols: one file a protocol, each rendering requests and reading answers."""
