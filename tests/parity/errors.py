"""How far apart: the largest relative errors that the comparisons have met, told at the end of a run."""

LARGEST: dict[str, float] = {}


def noted(what: str, error: float) -> float:
    """Remember an error and hand it on."""
    LARGEST[what] = max(LARGEST.get(what, 0.0), error)
    return error
