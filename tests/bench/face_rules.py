#!/usr/bin/env python3
"""Tries rules for which candidates are faces, on what face_candidates printed, without running a network again.

    face_candidates MODELS LIBONNXRUNTIME PICTURES > candidates.jsonl
    face_rules.py candidates.jsonl TRUTH.csv [PREFIX]

TRUTH is as `veilgate evaluate` reads it, PREFIX what its file names have before those of PICTURES. For each rule: faces
of at least 5 % of the long side, all faces, false alarms per picture, and what is labelled to be kept as a wound and lies
under face masks by no more than a quarter. Groups are made as detect::vote() makes them, and masks as the mask stage does.
"""
import csv
import json
import sys
from collections import defaultdict

SAME_FACE, LARGE, MARGIN, COVERED, KEPT = 0.35, 0.05, 0.15, 0.7, 0.25
VOTE, SURE, TRUSTED, LEAST = {"u": 0.3, "b": 0.25}, {"u": 0.95, "b": 0.85}, 0.75, 0.6
GRID = 30


def common(a, b):
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return max(0, width) * max(0, height)


def iou(a, b):
    both = a[2] * a[3] + b[2] * b[3] - common(a, b)
    return common(a, b) / both if both > 0 else 0


def hull(a, b):
    x, y = min(a[0], b[0]), min(a[1], b[1])
    return [x, y, max(a[0] + a[2], b[0] + b[2]) - x, max(a[1] + a[3], b[1] + b[3]) - y]


def mask_of(box):
    margin = MARGIN * max(box[2:])
    return [box[0] - margin, box[1] - margin, box[2] + 2 * margin, box[3] + 2 * margin]


def share_under(box, masks):
    near = [m for m in masks if common(box, m) > 0]
    points = [(box[0] + (i + 0.5) / GRID * box[2], box[1] + (j + 0.5) / GRID * box[3]) for i in range(GRID) for j in range(GRID)]
    under = sum(any(m[0] <= x < m[0] + m[2] and m[1] <= y < m[1] + m[3] for m in near) for x, y in points)
    return under / len(points) if near else 0


class Group:
    """Candidates that overlap the best one of them. `views` and `again` are score by (model, rotation)."""

    def __init__(self, candidates, line):
        best = {}
        for candidate in candidates:
            best.setdefault(candidate[0][0], candidate)
        self.box = candidates[0][3]
        for candidate in best.values():
            self.box = hull(self.box, candidate[3])
        self.views = defaultdict(float)
        for view, turn, score, *_ in candidates:
            self.views[view[0], turn] = max(self.views[view[0], turn], score)
        self.large = max(self.box[2:]) >= LARGE * max(line["width"], line["height"])
        self.sure = any(score >= SURE[model] for (model, _), score in self.views.items())
        self.voted = len(self.views) >= 3 and max(self.views.values()) >= LEAST
        self.trusted = any(model == "u" and score >= TRUSTED for (model, _), score in self.views.items())
        self.agreed = any(all(self.views[m, t] >= SURE[m] for m in "ub") for t in range(4) if all((m, t) in self.views for m in "ub"))
        self.turns = sorted({turn for _, turn in self.views})
        look = max(line["second"], key=lambda s: iou(s["box"], self.box), default=None)
        self.again = {}
        if look and iou(look["box"], self.box) > 0.6:
            for margin, turns in look["looks"]:
                for turn, seen in enumerate(turns):
                    for model, one in zip("ub", seen):
                        self.again[margin, model, turn] = one[0] if one else 0

    def again_together(self, least, margin=2.0):
        return any(all(self.again.get((margin, m, t), 0) >= least for m in "ub") for t in self.turns)

    def again_each(self, least, margin=2.0):
        return all(any(self.again.get((margin, m, t), 0) >= least for t in self.turns) for m in "ub")


def groups_of(line):
    candidates = sorted((c for c in line["candidates"] if c[2] >= VOTE[c[0][0]]), key=lambda c: -c[2])
    groups = []
    for candidate in candidates:
        home = next((g for g in groups if iou(candidate[3], g[0][3]) > SAME_FACE), None)
        groups.append([candidate]) if home is None else home.append(candidate)
    return [Group(g, line) for g in groups]


def believes_one(g):
    return g.sure or g.voted and (g.trusted or g.again_together(0.5))


def seconded_from(least):
    def rule(g):
        if not (g.sure or g.voted):
            return False
        if not (g.sure or g.trusted):
            return g.again_together(0.5)
        return g.agreed or not g.large or g.again_each(least) or g.again_each(least, 3.0)

    return rule


RULES = {"one model is believed": believes_one}
RULES.update({f"the other must second it from {least}": seconded_from(least) for least in (0.2, 0.3, 0.4, 0.5, 0.6)})


def truth_of(path, prefix):
    truth = defaultdict(list)
    for row in csv.DictReader(open(path)):
        if row["kind"] in ("face", "ignore") or row.get("what") == "wound":
            truth[row["file"].removeprefix(prefix)].append(([int(row[k]) for k in "xywh"], row["kind"]))
    return truth


def main():
    lines = [json.loads(line) for line in open(sys.argv[1])]
    truth = truth_of(sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else "")
    for line in lines:
        line["groups"] = groups_of(line)
    for name, rule in RULES.items():
        large, faces, wounds, alarms = [], [], [], 0
        for line in lines:
            labelled = truth.get(line["file"], [])
            masks = [mask_of(g.box) for g in line["groups"] if rule(g)]
            for box, kind in labelled:
                under = share_under(box, masks)
                if kind == "keep":
                    wounds.append(under <= KEPT)
                if kind == "face":
                    faces.append(under >= COVERED)
                    if max(box[2:]) >= LARGE * max(line["width"], line["height"]):
                        large.append(under >= COVERED)
            alarms += sum(share_under(m, [b for b, kind in labelled if kind != "keep"]) < 0.25 for m in masks)
        print(f"{name}: large {sum(large)}/{len(large)} all {sum(faces)}/{len(faces)} alarms {alarms / len(lines):.2f} "
              f"wounds kept {sum(wounds)}/{len(wounds)}")


main()
