"""feltcogs: command-line options in sixty lines. MIT licence, see LICENSE."""


class Usage(Exception):
    pass


class Options:
    """Declares flags and options, then splits a list of words into them and the rest."""

    def __init__(self):
        self.known = {}

    def flag(self, *names):
        for name in names:
            self.known[name] = (names[-1].lstrip("-"), False)
        return self

    def value(self, *names):
        for name in names:
            self.known[name] = (names[-1].lstrip("-"), True)
        return self

    def parse(self, words):
        found, rest = {}, []
        words = list(words)
        while words:
            word = words.pop(0)
            if word == "--":
                rest.extend(words)
                break
            if not word.startswith("-") or word == "-":
                rest.append(word)
                continue
            name, glued, inline = word.partition("=")
            if name not in self.known:
                raise Usage(f"unknown option {name}")
            key, wants_value = self.known[name]
            if not wants_value:
                if glued:
                    raise Usage(f"{name} takes no value")
                found[key] = True
            elif glued:
                found[key] = inline
            elif words:
                found[key] = words.pop(0)
            else:
                raise Usage(f"{name} needs a value")
        return found, rest
