"""The ASGI server: public API, the widget's side, streams, and the pages that stand beside them."""
