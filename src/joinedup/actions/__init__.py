"""What a person or a clock may ask for: one module an action, each imported where it is used.

Nothing is re-exported, so that asking for help does not load an engine.
"""

__all__: list[str] = []
