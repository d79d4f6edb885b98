# SPDX-License-Identifier: MIT
"""The fp32 products of `bench step` on one core, and other ways to do them: milliseconds of each, and GFLOP/s."""
import time

import torch

torch.set_num_threads(1)


def best_ms(body, repeats=7, inner=4):
    body()
    best = float("inf")
    for _ in range(repeats):
        begin = time.perf_counter()
        for _ in range(inner):
            body()
        best = min(best, (time.perf_counter() - begin) / inner)
    return best * 1e3


def strassen(a, b, out):
    """One level: seven products of halves instead of eight."""
    m, k, n = a.size(0) // 2, a.size(1) // 2, b.size(1) // 2
    a11, a12, a21, a22 = a[:m, :k], a[:m, k:], a[m:, :k], a[m:, k:]
    b11, b12, b21, b22 = b[:k, :n], b[:k, n:], b[k:, :n], b[k:, n:]
    p1, p2, p3 = (a11 + a22) @ (b11 + b22), (a21 + a22) @ b11, a11 @ (b12 - b22)
    p4, p5 = a22 @ (b21 - b11), (a11 + a12) @ b22
    p6, p7 = (a21 - a11) @ (b11 + b12), (a12 - a22) @ (b21 + b22)
    torch.add(p1, p4, out=out[:m, :n]).sub_(p5).add_(p7)
    torch.add(p3, p5, out=out[:m, n:])
    torch.add(p2, p4, out=out[m:, :n])
    torch.sub(p1, p2, out=out[m:, n:]).add_(p3).add_(p6)


print("| product | x W, ms | GFLOP/s | g W^T | x^T g | Strassen | packed, oneDNN | packed, MKL |")
print("|---|---|---|---|---|---|---|---|")
shapes = [("square", 1024, 1024, 1024), ("qkv", 1024, 256, 768), ("out", 1024, 256, 256), ("fc1", 1024, 256, 1024),
          ("fc2", 1024, 1024, 256), ("expert, first", 264, 256, 1024), ("expert, second", 264, 1024, 256),
          ("keys and values", 2112, 256, 512)]
for name, rows, inner, columns in shapes:
    x, w, g = torch.randn(rows, inner), torch.randn(inner, columns), torch.randn(rows, columns)
    out, turned = torch.empty(rows, columns), w.t().contiguous()
    for_onednn = torch.ops.mkldnn._reorder_linear_weight(turned, rows)
    for_mkl = torch.ops.mkl._mkl_reorder_linear_weight(turned, rows)
    plain = best_ms(lambda: torch.mm(x, w, out=out))
    others = [best_ms(lambda: g @ w.t()), best_ms(lambda: x.t() @ g), best_ms(lambda: strassen(x, w, out)),
              best_ms(lambda: torch.ops.mkldnn._linear_pointwise(x, for_onednn, None, "none", [], "")),
              best_ms(lambda: torch.ops.mkl._mkl_linear(x, for_mkl, turned, None, rows))]
    rate = 2e-6 * rows * inner * columns / plain
    print(f"| {name} | {plain:.2f} | {rate:.0f} | " + " | ".join(f"{ms:.2f}" for ms in others) + " |")
