"""Runs the course's PyTorch boxes: their sources as JSON in, what they gave as JSON out.

A comment behind a top-level line is a value to check, or begins with `cnn.` and
names the course's own layer; CONTRIBUTING.md says how a box is written.
"""
import ast
import contextlib
import io
import json
import re
import sys
import tokenize
from decimal import Decimal

import torch
import torch.nn.functional as F
from torch import nn

NUMBER = r"-?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?"


def moved(value):
    """A tensor as the course has it: channels last."""
    value = value.detach()
    if value.dim() == 4:
        value = value.permute(0, 2, 3, 1)
    return {"shape": list(value.shape), "data": value.reshape(-1).tolist()}


def weight(value):
    """A weight as the course has it: [out, in, h, w] is [h, w, in, out] there."""
    value = value.detach()
    if value.dim() == 4:
        value = value.permute(2, 3, 1, 0)
    elif value.dim() == 2:
        value = value.T
    return {"shape": list(value.shape), "data": value.reshape(-1).tolist()}


def call_of(x, module):
    """What goes into a call; what comes out is added after it."""
    inside = module.state_dict().items() if module is not None else ()
    return {
        "x": moved(x),
        "weights": [weight(v) for k, v in inside if "num_batches" not in k],
        "training": bool(module is not None and module.training),
    }


def plain(value):
    """A value with the shape of a tensor or the numbers in it, as lists."""
    if isinstance(value, torch.Tensor):
        return value.item() if value.dim() == 0 else value.tolist()
    return list(value) if isinstance(value, tuple) else value


def is_shape(wanted, value):
    """A tuple, or a list that is too flat for the values of a tensor."""
    flat = isinstance(wanted, list) and not any(isinstance(v, list) for v in wanted)
    return isinstance(wanted, tuple) or (flat and value.dim() > 1)


def numbers(value):
    if isinstance(value, (list, tuple)):
        return [n for one in value for n in numbers(one)]
    return [value]


def complaint(comment, wanted, value):
    """Why a value is not what its comment says; None where it is."""
    if isinstance(value, torch.Tensor) and is_shape(wanted, value):
        value = tuple(value.shape)
    found = plain(value)
    big = isinstance(value, torch.Tensor) and value.numel() > 20
    told = f"a tensor {tuple(value.shape)}" if big else repr(found)
    wrong = f"gives {told}, but its comment says {comment}"
    if isinstance(wanted, (bool, str)):
        return None if found == wanted and type(found) is type(wanted) else wrong
    same = lambda a, b: (
        isinstance(b, (list, tuple)) and len(a) == len(b) and all(map(same, a, b))
        if isinstance(a, (list, tuple))
        else isinstance(b, (int, float)) and not isinstance(b, bool)
    )
    if not same(wanted, found):
        return wrong
    for text, number in zip(re.findall(NUMBER, comment), numbers(found)):
        step = Decimal(text).as_tuple().exponent  # of the last digit written
        room = 0.5000001 * 10.0**step if "." in text or "e" in text.lower() else 0
        if abs(float(text) - number) > room:
            return wrong
    return None


def comments_of(source):
    """Comments by the line that they belong to; one alone belongs to the next line."""
    found = {}
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    for token in tokens:
        if token.type == tokenize.COMMENT:
            text = token.string.lstrip("#").strip()
            alone = token.line.lstrip().startswith("#")
            found[token.start[0]] = (text, alone)
    return found


def run(source):
    names = {"torch": torch, "nn": nn, "F": F}
    torch.manual_seed(1)
    problems, calls = [], []
    comments = comments_of(source)
    checked = 0
    evaluate = lambda node: eval(compile(ast.Expression(node), "box", "eval"), names)
    for node in ast.parse(source).body:
        line = node.end_lineno
        text, alone = comments.pop(line, ("", False))
        above, by_itself = comments.get(node.lineno - 1, ("", False))
        if by_itself and above.startswith("cnn."):
            comments.pop(node.lineno - 1)
            text = above
        right = node.value if isinstance(node, (ast.Expr, ast.Assign)) else None
        where = f"line {line}"
        before = None
        if text.startswith("cnn."):
            if not isinstance(right, ast.Call):
                problems.append(f"{where}: a comment with cnn. stands behind a call")
            else:
                before = input_of(right, evaluate)
        known = {k: v for k, v in names.items() if isinstance(v, torch.Tensor)}
        known = {k: moved(v) for k, v in known.items() if text.startswith("cnn.")}
        if isinstance(node, ast.Expr):
            value = evaluate(right)
        else:
            exec(compile(ast.Module([node], []), "box", "exec"), names)
            value = None
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                value = names[node.targets[0].id]
        if text.startswith("cnn.") and isinstance(right, ast.Call):
            checked += 1
            call = {"line": line, "cnn": text, "names": known}
            calls.append(call)
            if isinstance(value, nn.Module):
                watch(value, call)
            else:
                call.update(before or {})
                call["y"] = moved(value)
        elif re.match(r"[\[(]*-?\d|[\"']|(True|False)$", text):
            try:
                wanted = ast.literal_eval(text)
            except (SyntaxError, ValueError):
                problems.append(f"{where}: no value can be read from its comment {text}")
                continue
            checked += right is not None
            problem = complaint(text, wanted, value)
            if problem:
                problems.append(f"{where} {problem}")
    for line, (text, _) in comments.items():
        if text.startswith("cnn."):
            problems.append(f"line {line}: a comment with cnn. stands behind no line")
    for call in calls:
        if "y" not in call:
            problems.append(f"line {call['line']}: the box never calls {call['cnn']}")
    if checked == 0:
        problems.append("no comment says what a line must give")
    return {"problems": problems, "calls": [call for call in calls if "y" in call]}


def input_of(node, evaluate):
    """What a call hands in, before it runs; None for the making of a module."""
    function = evaluate(node.func)
    if isinstance(function, type):
        return None
    module = function if isinstance(function, nn.Module) else None
    own = isinstance(node.func, ast.Attribute) and evaluate(node.func.value)
    x = own if isinstance(own, torch.Tensor) else node.args and evaluate(node.args[0])
    return call_of(x, module) if isinstance(x, torch.Tensor) else None


def watch(module, call):
    """Writes the first call of a module down."""
    hooks = []

    def before(module, inputs):
        if "x" not in call:
            call.update(call_of(inputs[0], module))

    def after(module, inputs, output):
        call.setdefault("y", moved(output))
        for hook in hooks:
            hook.remove()

    hooks.append(module.register_forward_pre_hook(before))
    hooks.append(module.register_forward_hook(after))


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        sources = json.load(file)
    answers = []
    for source in sources:
        try:
            with contextlib.redirect_stdout(sys.stderr):  # a box may print
                answers.append(run(source))
        except Exception as error:  # whatever a box does wrong is its finding
            problem = f"{type(error).__name__}: {error}"
            answers.append({"problems": [problem], "calls": []})
    json.dump(answers, sys.stdout)


main()
