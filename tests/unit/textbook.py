"""The LSTM of the textbooks once more, in plain loops over single numbers, as something to compare with.

Nothing of py_lstm is imported. Each gate has its own matrices W[gate] (H, I), U[gate] (H, H) and b[gate] (H,); one
sequence at a time; every derivative is written from the equations of the forward pass.
"""

import math

GATES = "ifgo"


def sigmoid(z):
    return 1 / (1 + math.exp(-z)) if z >= 0 else math.exp(z) / (1 + math.exp(z))


def forward(x, h_0, c_0, W, U, b):
    """Lists over t = 1 ... T of {"i": [...], "f": ..., "g": ..., "o": ..., "c": ..., "h": ...}."""
    steps, h, c = [], list(h_0), list(c_0)
    for x_t in x:
        step = {}
        for k in GATES:
            z = [b[k][j] + sum(W[k][j][n] * x_t[n] for n in range(len(x_t))) + sum(U[k][j][n] * h[n] for n in range(len(h)))
                 for j in range(len(h))]
            step[k] = [math.tanh(v) if k == "g" else sigmoid(v) for v in z]
        c = [step["f"][j] * c[j] + step["i"][j] * step["g"][j] for j in range(len(c))]
        h = [step["o"][j] * math.tanh(c[j]) for j in range(len(c))]
        steps.append(step | {"c": c, "h": h})
    return steps


def backward(x, h_0, c_0, W, U, b, dh_direct, dh_n, dc_n):
    """Derivatives of L = Σ_t dh_direct_t · h_t + dh_n · h_T + dc_n · c_T, as nested lists under their names."""
    steps = forward(x, h_0, c_0, W, U, b)
    T, H, I = len(x), len(h_0), len(x[0])
    dW = {k: [[0.0] * I for _ in range(H)] for k in GATES}
    dU = {k: [[0.0] * H for _ in range(H)] for k in GATES}
    db = {k: [0.0] * H for k in GATES}
    dx = [[0.0] * I for _ in range(T)]
    dh, dc = list(dh_n), list(dc_n)
    for t in reversed(range(T)):
        s = steps[t]
        h_prev, c_prev = (steps[t - 1]["h"], steps[t - 1]["c"]) if t > 0 else (h_0, c_0)
        dh = [dh[j] + dh_direct[t][j] for j in range(H)]
        dz = {k: [0.0] * H for k in GATES}
        for j in range(H):
            tanh_c = math.tanh(s["c"][j])
            dc[j] += dh[j] * s["o"][j] * (1 - tanh_c ** 2)
            dz["o"][j] = dh[j] * tanh_c * s["o"][j] * (1 - s["o"][j])
            dz["f"][j] = dc[j] * c_prev[j] * s["f"][j] * (1 - s["f"][j])
            dz["i"][j] = dc[j] * s["g"][j] * s["i"][j] * (1 - s["i"][j])
            dz["g"][j] = dc[j] * s["i"][j] * (1 - s["g"][j] ** 2)
            dc[j] *= s["f"][j]
        dh = [0.0] * H
        for k in GATES:
            for j in range(H):
                db[k][j] += dz[k][j]
                for n in range(I):
                    dW[k][j][n] += dz[k][j] * x[t][n]
                    dx[t][n] += dz[k][j] * W[k][j][n]
                for n in range(H):
                    dU[k][j][n] += dz[k][j] * h_prev[n]
                    dh[n] += dz[k][j] * U[k][j][n]
    return {"W": dW, "U": dU, "b": db, "x": dx, "h_0": dh, "c_0": dc}
