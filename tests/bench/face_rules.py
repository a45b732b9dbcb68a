#!/usr/bin/env python3
"""Tries rules for which candidates are faces, on what face_candidates printed.

    face_candidates MODELS LIBONNXRUNTIME PICTURES > candidates.jsonl
    face_rules.py groups candidates.jsonl > groups.csv     # label: face, no face, or empty for what does not count
    face_rules.py try groups.csv

A group is what several views of the networks say about one spot, as detect::vote() makes it. Recall is counted over the
groups labelled as faces, so it tells what a rule loses and not what no view has seen.
"""
import csv
import json
import sys

SAME_FACE, HIDDEN = 0.35, 0.8
UFACE_VOTE, BLAZE_VOTE = 0.3, 0.25


def area(box):
    return max(0, box[2]) * max(0, box[3])


def common(a, b):
    return max(0, min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])) * max(0, min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1]))


def iou(a, b):
    both = area(a) + area(b) - common(a, b)
    return common(a, b) / both if both > 0 else 0


def hull(a, b):
    x, y = min(a[0], b[0]), min(a[1], b[1])
    return [x, y, max(a[0] + a[2], b[0] + b[2]) - x, max(a[1] + a[3], b[1] + b[3]) - y]


def groups_of(line, views):
    """As detect::vote(): candidates that overlap the best one of their group."""
    chosen = [c for c in line["candidates"] if c[0] in views and c[2] >= (UFACE_VOTE if c[0][0] == "u" else BLAZE_VOTE)]
    chosen.sort(key=lambda c: -c[2])
    groups = []
    for candidate in chosen:
        home = next((g for g in groups if iou(candidate[3], g[0][3]) > SAME_FACE), None)
        groups.append([candidate]) if home is None else home.append(candidate)
    out = []
    for group in groups:
        best = {}
        for view, turn, score, box in group:
            best.setdefault(view[0], (score, box))
        box = hull(*[b for _, b in best.values()]) if len(best) == 2 else group[0][3]
        turns = {(view[0], turn): 0 for view, turn, _, _ in group}
        for view, turn, score, _ in group:
            turns[view[0], turn] = max(turns[view[0], turn], score)
        out.append({"box": box, "u": best.get("u", (0,))[0], "b": best.get("b", (0,))[0], "votes": len(turns),
                    "u_votes": sum(m == "u" for m, _ in turns), "b_votes": sum(m == "b" for m, _ in turns)})
        best_turn = {}
        for (m, t), score in turns.items():
            best_turn[t] = best_turn.get(t, 0) + score
        out[-1]["turn"] = max(best_turn, key=best_turn.get)
        out[-1]["turns"] = sorted({t for _, t in turns})
        look = max(line["second"], key=lambda s: iou(s["box"], box), default=None)
        if look and iou(look["box"], box) > 0.6:
            out[-1]["looks"] = look["looks"]
    return out


def sure(g, u=0.95, b=0.85):
    return g["u"] >= u or g["b"] >= b
