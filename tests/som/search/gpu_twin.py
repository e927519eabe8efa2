"""A GPU in NumPy: the kernels' index arithmetic and their three TF32 products, warp by warp.

The formulas of fragments and tiles are read from the CUDA source, so that the twin cannot drift
from it.
"""

import ast
import operator
import re
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np

from tasks.som.search.device import SOURCE

TEXT = SOURCE.read_text()


OPERATIONS = {
    ast.Add: operator.add,
    ast.Mult: operator.mul,
    ast.Div: operator.floordiv,
    ast.Mod: operator.mod,
}


def formula(name: str) -> Any:
    """Return a macro of the source as a function of integers."""
    arguments, body = re.search(rf"#define {name}\(([^)]*)\) (.+)", TEXT).groups()
    names, tree = arguments.split(", "), ast.parse(body, mode="eval").body

    def value(node: ast.AST, given: dict[str, Any]) -> Any:
        if isinstance(node, ast.BinOp):
            left, right = value(node.left, given), value(node.right, given)
            return OPERATIONS[type(node.op)](left, right)
        return node.value if isinstance(node, ast.Constant) else given[node.id]

    return lambda *values: value(tree, {"PAD": PAD, **dict(zip(names, values, strict=True))})


def constant(name: str) -> int:
    """Return a number that the source defines."""
    return int(re.search(rf"#define {name} (\d+)", TEXT).group(1))


PAD = constant("PAD")
A_ROW, A_COL, B_ROW, B_COL, C_ROW, C_COL, PITCH, MASK_WORD, MASK_BIT = map(
    formula,
    ["A_ROW", "A_COL", "B_ROW", "B_COL", "C_ROW", "C_COL", "PITCH", "MASK_WORD", "MASK_BIT"],
)
SAMPLES, NODES, WARP_ROWS = map(constant, ["SAMPLES", "NODES", "WARP_ROWS"])
LANE = np.arange(32)
GROUP, MEMBER = LANE // 4, LANE % 4


def tf32(values: np.ndarray) -> np.ndarray:
    """Return float32 rounded to ten bits of mantissa, ties away from zero (cvt.rna)."""
    bits = np.ascontiguousarray(values, np.float32).view(np.uint32)
    return ((bits + np.uint32(1 << 12)) & np.uint32(0xFFFFE000)).view(np.float32)


def split(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the two TF32 parts."""
    high = tf32(values)
    return high, tf32(values - high)


def mma(c: np.ndarray, a: np.ndarray, b: np.ndarray) -> None:
    """Add A · B to C, all as fragments [register, lane]; the layout is the PTX manual's table."""
    matrix_a, matrix_b = np.zeros((16, 8), np.float32), np.zeros((8, 8), np.float32)
    for lane in range(32):
        group, member = divmod(lane, 4)
        for i, (row, column) in enumerate([(0, 0), (8, 0), (0, 4), (8, 4)]):
            matrix_a[group + row, member + column] = a[i, lane]
        for i, row in enumerate([0, 4]):
            matrix_b[member + row, group] = b[i, lane]
    product = (matrix_a.astype(np.float64) @ matrix_b).astype(np.float32)
    for lane in range(32):
        group, member = divmod(lane, 4)
        for i, (row, column) in enumerate([(0, 0), (0, 1), (8, 0), (8, 1)]):
            c[i, lane] += product[group + row, 2 * member + column]


def propose(grid: tuple, block: tuple, arguments: tuple, shared_mem: int) -> None:
    """The kernel `propose`."""
    x, w, half, mask, count, tiles, padded, words, units, scores = arguments
    assert block == (SAMPLES,)
    assert shared_mem >= 4 * (SAMPLES + NODES) * PITCH(padded)
    assert w.shape == (tiles * NODES, padded)
    for index in range(grid[0]):
        part = np.zeros((SAMPLES, padded), np.float32)
        rows = x[index * SAMPLES : (index + 1) * SAMPLES]
        part[: len(rows)] = rows
        needed = [
            tile
            for tile in range(tiles)
            if words == 0 or mask[index, MASK_WORD(tile)] >> np.uint32(MASK_BIT(tile)) & 1
        ]
        for warp in range(SAMPLES // WARP_ROWS):
            low = [[Lowest() for _ in range(4)] for _ in range(32)]
            for tile in needed:
                c = warp_tile(part, w[tile * NODES : (tile + 1) * NODES], warp, padded)
                for m, n, i in np.ndindex(2, NODES // 8, 4):
                    nodes = tile * NODES + 8 * n + C_COL(GROUP, MEMBER, i)
                    values = c[m, n, i] + half[nodes]
                    for lane in range(32):
                        low[lane][2 * m + i // 2].keep(values[lane], nodes[lane])
            for step in (1, 2):
                low = [
                    [low[lane][r].merged(low[lane ^ step][r]) for r in range(4)] for lane in LANE
                ]
            for lane in LANE[MEMBER == 0]:
                for r in range(4):
                    row = index * SAMPLES + warp * WARP_ROWS + 16 * (r // 2)
                    row += C_ROW(lane // 4, 0, 2 * (r % 2))
                    if row < count:
                        units[row] = low[lane][r].nodes
                        scores[row] = low[lane][r].scores


def warp_tile(x: np.ndarray, w: np.ndarray, warp: int, padded: int) -> np.ndarray:
    """Return the fragments [m, n, register, lane] of a warp's products with a tile of nodes."""
    c = np.zeros((2, NODES // 8, 4, 32), np.float32)
    for k in range(0, padded, 8):
        for m in range(2):
            start = warp * WARP_ROWS + 16 * m
            a = np.stack(
                [x[start + A_ROW(GROUP, MEMBER, i), k + A_COL(GROUP, MEMBER, i)] for i in range(4)]
            )
            high, rest = split(a)
            for n in range(NODES // 8):
                b = np.stack(
                    [
                        w[8 * n + B_COL(GROUP, MEMBER, i), k + B_ROW(GROUP, MEMBER, i)]
                        for i in range(2)
                    ]
                )
                top, tail = split(b)
                for first, second in ((rest, top), (high, tail), (high, top)):
                    mma(c[m, n], first, second)
    return c


class Lowest:
    """The kernel's running three lowest."""

    def __init__(self) -> None:
        self.scores, self.nodes = [3e38, 3e38, 3e38], [-1, -1]

    def keep(self, score: float, node: int) -> None:
        place = sum(score >= held for held in self.scores)
        if place < 3:
            self.scores = [*self.scores[:place], score, *self.scores[place:]][:3]
            self.nodes = [*self.nodes[:place], node, *self.nodes[place:]][:2]

    def merged(self, other: "Lowest") -> "Lowest":
        result = Lowest()
        result.scores, result.nodes = list(self.scores), list(self.nodes)
        for score, node in zip(other.scores, [*other.nodes, -1], strict=True):
            result.keep(score, node)
        return result


def decide(grid: tuple, block: tuple, arguments: tuple) -> None:
    """The kernel `decide`: lanes stride over the nodes, then a butterfly."""
    samples, nodes, count, total, features, units = arguments
    assert grid[0] * block[0] >= 32 * count
    for place in range(count):
        squared = np.zeros(total)
        for feature in range(features):
            difference = np.float64(samples[place, feature]) - nodes[:, feature]
            squared += difference * difference
        lanes = [
            sorted((squared[node], node) for node in range(lane, total, 32))[:2] for lane in LANE
        ]
        lanes = [[*lane, (np.inf, 2**32 - 1), (np.inf, 2**32 - 1)][:2] for lane in lanes]
        for step in (16, 8, 4, 2, 1):
            lanes = [sorted(lanes[lane] + lanes[lane ^ step])[:2] for lane in LANE]
        units[place] = [node for _, node in lanes[0]]


class Function:
    """A kernel as CuPy gives it."""

    max_dynamic_shared_size_bytes = 0

    def __init__(self, name: str) -> None:
        self.run = {"propose": propose, "decide": decide}[name]
        assert re.search(rf"^{name}\(", TEXT, re.MULTILINE)

    def __call__(self, *arguments: Any, **options: Any) -> None:
        self.run(*arguments, **options)


def cupy() -> ModuleType:
    """Return a namespace with NumPy's functions and CuPy's compiler."""
    module = ModuleType("cupy_twin")
    vars(module).update({name: getattr(np, name) for name in dir(np) if name[0] != "_"})
    compiled = SimpleNamespace(get_function=Function)
    module.RawModule = lambda code, options: compiled
    return module
