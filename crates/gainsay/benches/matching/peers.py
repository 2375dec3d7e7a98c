# How many files of each kind a peer finds among the known ones. PEER is replaced by the name of a package. The argument is a
# folder with the folder `known` and one for each kind.
import collections, json, logging, os, re, sys

root = sys.argv[1]


def files(folder):
    found = []
    for below, _, names in sorted(os.walk(os.path.join(root, folder))):
        found += [os.path.join(below, name) for name in sorted(names)]
    return found


def read(path):
    with open(path, "rb") as file:
        return file.read()


class Scanoss:
    """At least 3 of a file's fingerprints and a tenth of them, as ours: its engine's thresholds are not in the package."""

    def __init__(self):
        from scanoss_winnowing.winnowing import Winnowing

        self.winnowing = Winnowing(all_extensions=True)
        self.known = set()
        for path in files("known"):
            self.known |= self.hashes(path)

    def hashes(self, path):
        said = self.winnowing.wfp_for_contents(path, False, read(path)) or ""
        return set(re.findall(r"\b[0-9a-f]{8}\b", said.split("\n", 1)[-1]))

    def matches(self, path):
        hashes = self.hashes(path)
        hits = len(hashes & self.known)
        return hits >= 3 and hits * 10 >= len(hashes)


class Tlsh:
    """A distance of at most 100 to any known file."""

    def __init__(self):
        import tlsh

        self.diff, self.hash = tlsh.diff, tlsh.hash
        self.known = {hash for hash in map(self.of, files("known")) if hash}

    def of(self, path):
        hash = self.hash(read(path))
        return "" if hash == "TNULL" else hash

    def matches(self, path):
        hash = self.of(path)
        return bool(hash) and any(self.diff(hash, other) <= 100 for other in self.known)


class Ssdeep:
    """Any score above 0; only hashes with seven letters in common, of the same block size, can have one."""

    def __init__(self):
        import ppdeep

        self.hash, self.compare = ppdeep.hash, ppdeep.compare
        self.known = collections.defaultdict(set)
        for path in files("known"):
            hash = self.hash(read(path))
            for piece in self.pieces(hash):
                self.known[piece].add(hash)

    def pieces(self, hash):
        size, one, two = hash.split(":", 2)
        for part, of in ((one, int(size)), (two, 2 * int(size))):
            part = re.sub(r"(.)\1{3,}", r"\1\1\1", part)
            for at in range(len(part) - 6):
                yield of, part[at : at + 7]

    def matches(self, path):
        hash = self.hash(read(path))
        others = set().union(*(self.known.get(piece, ()) for piece in self.pieces(hash)))
        return any(self.compare(hash, other) > 0 for other in others)


class Copydetect:
    """A third of a file's fingerprints in one known file, copydetect's own display threshold, with its own k and window."""

    def __init__(self):
        import copydetect

        logging.disable(logging.CRITICAL)
        self.of = lambda path: set(int(hash) for hash in copydetect.CodeFingerprint(path, 25, 1).hashes)
        self.known = collections.defaultdict(list)
        for number, path in enumerate(files("known")):
            for hash in self.hashes(path):
                self.known[hash].append(number)

    def hashes(self, path):
        try:
            return self.of(path)
        except (UnicodeDecodeError, ValueError):
            return set()

    def matches(self, path):
        hashes = self.hashes(path)
        hits = collections.Counter()
        for hash in hashes:
            hits.update(self.known.get(hash, ()))
        return bool(hits) and max(hits.values()) >= 0.33 * len(hashes)


peer = {"scanoss-winnowing": Scanoss, "py-tlsh": Tlsh, "ppdeep": Ssdeep, "copydetect": Copydetect}["PEER"]()
counts = {}
for kind in sorted(os.listdir(root)):
    if kind != "known":
        paths = files(kind)
        counts[kind] = [sum(map(peer.matches, paths)), len(paths)]
print(json.dumps(counts))
