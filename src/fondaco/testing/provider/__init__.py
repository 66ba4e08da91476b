"""A simulated model provider: OpenAI, Anthropic and Gemini on one port, with bills and faults on request.

``simulator.ProviderSimulator`` is the door.  Nothing here knows ``fondaco.llm``: the protocols are written
a second time, so that the two can contradict each other.
"""
