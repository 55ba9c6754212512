"""What an event would raise, asked before it happens: over copies of histories, keeping nothing.

Apart from the runners because each of them asks in its own way, and all must answer alike.
"""
