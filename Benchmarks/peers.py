#!/usr/bin/env python3
"""What people use now, on the same feed: NDJSON in, NDJSON out, in one Python process.

    peers.py fasttext|sklearn FEED     trains on corpora/messages, then prints messages a second

fasttext: fastText's own compiled predictor, word pairs and character n-grams, through its Python module.
sklearn: HashingVectorizer (words and character n-grams) with complement naive Bayes.
"""
import glob
import json
import os
import sys
import tempfile
import time

CATEGORIES = ["insult", "sexism", "sexual", "discrimination", "threat", "intimidation", "incitement", "doxing"]


def corpus():
    root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "corpora", "messages")
    for path in sorted(glob.glob(os.path.join(root, "*.ndjson"))):
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                message = json.loads(line)
                yield " ".join(message["text"].split()), message["abusive"]


def train_fasttext():
    import fasttext

    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as data:
        for text, abusive in corpus():
            data.write(f"__label__{'yes' if abusive else 'no'} {text}\n")
        data.flush()
        model = fasttext.train_supervised(
            data.name, wordNgrams=2, minn=3, maxn=6, dim=50, bucket=200000, epoch=10, thread=1, verbose=0)
    predict = model.f.predict

    def score(texts):
        return [predict(" ".join(text.split()) + "\n", 1, 0.0, "strict")[0] for text in texts]

    return score


def train_sklearn():
    from sklearn.feature_extraction.text import HashingVectorizer
    from sklearn.naive_bayes import ComplementNB
    from sklearn.pipeline import make_pipeline, make_union

    texts, answers = zip(*corpus())
    model = make_pipeline(
        make_union(
            HashingVectorizer(ngram_range=(1, 2), alternate_sign=False),
            HashingVectorizer(analyzer="char_wb", ngram_range=(3, 5), alternate_sign=False)),
        ComplementNB())
    model.fit(texts, answers)
    return lambda batch: model.predict_proba(batch)[:, 1].tolist()


def main():
    kind, feed = sys.argv[1:]
    score = train_fasttext() if kind == "fasttext" else train_sklearn()
    began = time.process_time()
    count = 0
    with open(feed, "rb") as lines, open(os.devnull, "w", encoding="utf-8") as out:
        batch = []

        def work():
            if not batch:
                return
            for message, result in zip(batch, score([message["text"] for message in batch])):
                message["assessment"] = {"score": result}
                out.write(json.dumps(message, ensure_ascii=False) + "\n")

        for line in lines:
            batch.append(json.loads(line))
            if len(batch) == 1000:
                work()
                count += len(batch)
                batch.clear()
        work()
        count += len(batch)
    print(f"{count / (time.process_time() - began):.0f}")


main()
