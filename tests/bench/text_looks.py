#!/usr/bin/env python3
"""Tries sets of looks for text on what text_candidates printed.

    text_candidates MODELS LIBONNXRUNTIME PICTURES 2 > candidates.jsonl     # every second picture: the others report
    text_looks.py candidates.jsonl TRUTH.csv PREFIX SET...                  # PREFIX: folder of PICTURES in the truth's names

A set is looks joined by +: MODEL@LONGSIDE/QUARTERTURNS, ":0.2" behind a set lowers the threshold. Words count as veilgate
evaluate counts them: 60 % under the boxes with their margin, pictures upright and turned by a quarter.
"""
import csv
import json
import sys

MARGIN, MIN_MARGIN, COVERED = 0.15, 4, 0.6
STEP = 2  # pixels: coverage is counted on a grid


def covered(word, boxes):
    x, y, w, h = word
    points = [(px, py) for px in range(x, x + w, STEP) for py in range(y, y + h, STEP)]
    near = [b for b in boxes if b[0] < x + w and b[0] + b[2] > x and b[1] < y + h and b[1] + b[3] > y]
    inside = sum(any(b[0] <= px < b[0] + b[2] and b[1] <= py < b[1] + b[3] for b in near) for px, py in points)
    return inside >= COVERED * len(points)


def grown(box):
    by = max(MIN_MARGIN, round(MARGIN * max(box[2], box[3])))
    return [box[0] - by, box[1] - by, box[2] + 2 * by, box[3] + 2 * by]


def main():
    lines = [json.loads(line) for line in open(sys.argv[1])]
    words = {}
    for row in csv.DictReader(open(sys.argv[2])):
        if row["kind"] == "text":
            words.setdefault(row["file"], []).append([int(float(row[k])) for k in "xywh"])
    print(f"{'looks':52} {'0':>6} {'90':>6} {'CPU ms':>7} {'boxes':>6}   ({len(lines)} pictures)")
    for chosen in sys.argv[4:]:
        looks, _, threshold = chosen.partition(":")
        recall, cpu, boxes_found = [], 0.0, 0
        for turned in (0, 1):
            hit = total = 0
            for line in lines:
                boxes = []
                for look in looks.split("+"):
                    name, _, turns = look.partition("/")
                    seen = line["looks"][f"{name}/{int(turns) + turned}"]
                    boxes += [grown(b) for b in seen[threshold or "0.3"]]
                    cpu += seen["cpu"] / 2
                boxes_found += len(boxes) / 2
                mine = words.get(sys.argv[3] + line["file"], [])
                hit += sum(covered(word, boxes) for word in mine)
                total += len(mine)
            recall.append(hit / max(1, total))
        print(f"{chosen:52} {recall[0]:6.3f} {recall[1]:6.3f} {1e3 * cpu / len(lines):7.0f} {boxes_found / len(lines):6.1f}")


main()
