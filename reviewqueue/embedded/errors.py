class EmbeddedError(RuntimeError):
    """The embedded servers cannot serve; the message is a sentence for the person who started them."""
