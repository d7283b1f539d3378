"""Why a case has no figure."""


class Refusal(Exception):
    """Its text ends the sentence that begins with the peer's name, or stands for itself."""


def choose(choices, peer, operation):
    """What a peer does for an operation."""
    if peer not in choices:
        raise Refusal(f"has no {operation} of its own")
    return choices[peer]
