"""feltcogs: Levenshtein distance with a ceiling. MIT licence, see LICENSE."""


def edit_distance(left, right, ceiling=None):
    """The number of single-letter changes, or ceiling + 1 as soon as it is certain to be more."""
    if len(left) < len(right):
        left, right = right, left
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        diagonal, row[0] = row[0], i
        for j, b in enumerate(right, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (a != b))
        if ceiling is not None and min(row) > ceiling:
            return ceiling + 1
    return row[-1]
