"""The general cell: what the plain one of `cell` cannot express, in one place, under the same names.

Forward, for t = 1 ... T; every bracket is an option, and without options these are the equations of `cell`:

    a_t = W x_t  [normalised, times gain_ih]
    u_t = U (h_{t-1} [⊙ mask])  [normalised, times gain_hh]
    z   = a_t + u_t + b  [+ R (i, f, o)_{t-1} for the gates i, f, o]
    i_t = σ(z_i [+ p_i ⊙ c_{t-1}])        [1, or held]
    f_t = σ(z_f [+ p_f ⊙ c_{t-1}])        [1, or held, or 1 - i_t]
    g_t = tanh(z_g)                       [z_g, or held]
    c_t = f_t ⊙ c_{t-1} + i_t ⊙ g_t
    o_t = σ(z_o [+ p_o ⊙ c_t])            [1, or held]
    m_t = o_t ⊙ tanh(c_t [normalised, times gain_c, plus bias_c])        [without the tanh]
    h_t = m_t  [W_hr m_t]

Peepholes p: Gers & Schmidhuber 2000. The eight variants: Greff et al. 2017. Projection W_hr: Sak et al. 2014, as in
PyTorch. Layer normalisation: Ba et al. 2016, equations 20 to 22. Mask: Gal & Ghahramani 2016.

Rows of a gate that a variant lacks stay in W, U and b, so that shapes and names are PyTorch's for all of them; they
have no influence, and their gradient is exactly 0 (but layer normalisation takes its mean over all four blocks).

Backward obeys a rule, to be compared with the derivative. Three have a name:

    "full"            the derivative
    "truncated 1997"  between steps, only along the cell: an error that reaches a gate or the candidate goes no further
                      back (Hochreiter & Schmidhuber 1997; with peepholes Gers & Schmidhuber 2000)
    "tutorial"        between steps, only through h_{t-1}, as in the tutorial that this package repairs
"""

from __future__ import annotations

from typing import Mapping, NamedTuple

import numpy as np

from ..cell import SIGMOID, TANH, blocks
from ..contraction import outer_sum, project
from ..overflow import finite_gradient, finite_state
from ..parameters import Arrays
from ..validation import InvalidInput, shown
from .layer_norm import normalise, normalise_backward


class Rule(NamedTuple):
    """What a backward pass lets through. As it stands it is the derivative; every change makes it something else.

    through_gates, through_cell : between steps, through h_{t-1} and the gates, and along the cell
    slope_of_cell : whether h_t = o_t ⊙ tanh(c_t) is differentiated with tanh'
    slope_of_gates : whether i, f and o are differentiated with σ'
    window : steps that are differentiated together, counted from the first one; nothing passes between them. 0: all
    """

    through_gates: bool = True
    through_cell: bool = True
    slope_of_cell: bool = True
    slope_of_gates: bool = True
    window: int = 0


RULES = {"full": Rule(), "truncated 1997": Rule(through_gates=False), "tutorial": Rule(through_cell=False)}


class Variant(NamedTuple):
    """Which changes a cell has against the plain LSTM."""

    peepholes: bool = False
    no_input_gate: bool = False
    no_forget_gate: bool = False
    no_output_gate: bool = False
    no_input_activation: bool = False
    no_output_activation: bool = False
    coupled: bool = False
    full_recurrence: bool = False


PLAIN = Variant()

# The names of Greff et al. 2017. Each is one change to the plain cell; theirs start from the one with peepholes, so
# that their NIG is "P+NIG" here.
CHANGES = {
    "P": "peepholes", "NIG": "no_input_gate", "NFG": "no_forget_gate", "NOG": "no_output_gate",
    "NIAF": "no_input_activation", "NOAF": "no_output_activation", "CIFG": "coupled", "FGR": "full_recurrence",
}


def variant_named(name: str) -> Variant:
    """The variant of a name: "vanilla" or "NP" (no peepholes) for the plain cell, or changes joined by "+", "P+CIFG"."""
    parts = name.split("+") if isinstance(name, str) else []
    if parts in (["vanilla"], ["NP"]):
        return PLAIN
    if not parts or any(part not in CHANGES for part in parts):
        raise InvalidInput("variant", "choice", f"variant is {shown(name)}; choose vanilla, NP, or any of "
                           f"{', '.join(CHANGES)}, joined by + where there are several.", got=shown(name),
                           choices=["vanilla", "NP", *CHANGES])
    if "CIFG" in parts and ("NIG" in parts or "NFG" in parts):
        raise InvalidInput("variant", "choice", f"variant is {name}, but CIFG makes the forget gate of the input gate, so "
                           "neither can be absent; leave out CIFG or the other.", got=name)
    return PLAIN._replace(**{CHANGES[part]: True for part in parts})


def held_gates(variant: Variant, held: Mapping[str, float]) -> dict[str, float]:
    """The gates that do not follow their pre-activation, and what they are instead: absent ones are 1."""
    absent = {"i": variant.no_input_gate, "f": variant.no_forget_gate, "o": variant.no_output_gate}
    return {gate: 1.0 for gate, lacks in absent.items() if lacks} | dict(held)


class Steps(NamedTuple):
    """What a forward pass computed: the fields of `cell.Steps`, and of the options in use (else None).

    mask (N, P); a_x, a_h (T, N, 4H) and a_c (T, N, H) normalised, with their factors (T, N, 1); r (T, N, 3H) the gates
    i, f, o side by side and r_0 (N, 3H) before the first step; m (T, N, H), where h (T, N, P) is its projection.
    """

    x: np.ndarray
    h_0: np.ndarray
    c_0: np.ndarray
    z_i: np.ndarray
    z_f: np.ndarray
    z_g: np.ndarray
    z_o: np.ndarray
    i: np.ndarray
    f: np.ndarray
    g: np.ndarray
    o: np.ndarray
    c: np.ndarray
    tanh_c: np.ndarray
    h: np.ndarray
    mask: np.ndarray | None = None
    a_x: np.ndarray | None = None
    factor_x: np.ndarray | None = None
    a_h: np.ndarray | None = None
    factor_h: np.ndarray | None = None
    a_c: np.ndarray | None = None
    factor_c: np.ndarray | None = None
    r: np.ndarray | None = None
    r_0: np.ndarray | None = None
    m: np.ndarray | None = None


class Deltas(NamedTuple):
    """What a backward pass computed: the fields of `cell.Deltas`, and of the options in use (else None).

    dh = dh_via_y + dh_via_z (T, N, P). dc = dc_via_h + dc_via_c + dc_via_p, the last through peepholes. dm (T, N, H)
    and dr (T, N, 3H) at m and at the gates' memory. `gradients` holds the derivative of every parameter by its name.
    """

    dh_via_y: np.ndarray
    dh_via_z: np.ndarray
    dh: np.ndarray
    dc_via_h: np.ndarray
    dc_via_c: np.ndarray
    dc: np.ndarray
    dz_i: np.ndarray
    dz_f: np.ndarray
    dz_g: np.ndarray
    dz_o: np.ndarray
    dx: np.ndarray
    dh_0: np.ndarray
    dc_0: np.ndarray
    gradients: Arrays
    dc_via_p: np.ndarray | None = None
    dm: np.ndarray | None = None
    dr: np.ndarray | None = None
    dr_0: np.ndarray | None = None


def forward(x: np.ndarray, h_0: np.ndarray, c_0: np.ndarray, p: Arrays, variant: Variant = PLAIN, *,
            r_0: np.ndarray | None = None, mask: np.ndarray | None = None, held: Mapping[str, float] = {}) -> Steps:
    """Run one batch of sequences through the general cell.

    Parameters
    ----------
    x : (T, N, I); h_0 : (N, P), where P = H without projection; c_0 : (N, H)
    p : parameters by name
        weight_ih (4H, I), weight_hh (4H, P); optional bias (4H,); weight_hr (P, H) projects; gain_ih, gain_hh (4H,) and
        gain_c (H,) normalise, with an optional bias_c (H,). With peepholes weight_ci, weight_cf, weight_co (H,); with
        full gate recurrence weight_gg (3H, 3H), from the gates i, f, o (columns) to the same (rows).
    r_0 : (N, 3H) or None for 0, the gates before the first step, for full gate recurrence
    mask : (N, P) or None, what h_{t-1} is multiplied with on its way into weight_hh
    held : numbers that i, f, g or o are at every step, whatever their pre-activation
    """
    W, U = p["weight_ih"], p["weight_hh"]
    T, N, _ = x.shape
    H = U.shape[0] // 4
    dtype = np.result_type(x, h_0, c_0, *p.values())
    z, r = np.empty((T, N, 4 * H), dtype), np.empty((T, N, 3 * H), dtype)
    z_i, z_f, z_g, z_o = blocks(z)
    i, f, o = (r[..., k * H:(k + 1) * H] for k in range(3))
    g, c, tanh_c, m = (np.empty((T, N, H), dtype) for _ in range(4))
    h = np.empty((T, N, U.shape[1]), dtype) if "weight_hr" in p else m
    normal, held = "gain_ih" in p, held_gates(variant, held)
    a_x = factor_x = a_h = factor_h = a_c = factor_c = None
    if normal:
        a_h, factor_h = np.empty((T, N, 4 * H), dtype), np.empty((T, N, 1), dtype)
        a_c, factor_c = np.empty((T, N, H), dtype), np.empty((T, N, 1), dtype)
    if variant.full_recurrence and r_0 is None:
        r_0 = np.zeros((N, 3 * H), dtype)

    with np.errstate(over="ignore", invalid="ignore"):
        z_x = project(x, W)
        if normal:
            a_x, factor_x = normalise(z_x)
            z_x = a_x * p["gain_ih"]
        if "bias" in p:
            z_x = z_x + p["bias"]
        h_prev, c_prev, r_prev = h_0, c_0, r_0
        for t in range(T):
            u = project(h_prev if mask is None else h_prev * mask, U)
            if normal:
                a_h[t], factor_h[t] = normalise(u)
                u = a_h[t] * p["gain_hh"]
            z[t] = z_x[t] + u
            if variant.full_recurrence:
                for z_k, part in zip((z_i, z_f, z_o), np.split(project(r_prev, p["weight_gg"]), 3, axis=1)):
                    z_k[t] += part
            if variant.peepholes:
                z_i[t] += p["weight_ci"] * c_prev
                z_f[t] += p["weight_cf"] * c_prev
            i[t] = held["i"] if "i" in held else SIGMOID.forward(z_i[t])
            f[t] = held["f"] if "f" in held else 1 - i[t] if variant.coupled else SIGMOID.forward(z_f[t])
            g[t] = held["g"] if "g" in held else z_g[t] if variant.no_input_activation else TANH.forward(z_g[t])
            c[t] = f[t] * c_prev + i[t] * g[t]
            if variant.peepholes:
                z_o[t] += p["weight_co"] * c[t]
            o[t] = held["o"] if "o" in held else SIGMOID.forward(z_o[t])
            s = c[t]
            if normal:
                a_c[t], factor_c[t] = normalise(c[t])
                s = a_c[t] * p["gain_c"] + p.get("bias_c", 0)
            tanh_c[t] = s if variant.no_output_activation else TANH.forward(s)
            m[t] = o[t] * tanh_c[t]
            if "weight_hr" in p:
                h[t] = project(m[t], p["weight_hr"])
            h_prev, c_prev, r_prev = h[t], c[t], r[t]
    finite_state(c, h)
    return Steps(x, h_0, c_0, z_i, z_f, z_g, z_o, i, f, g, o, c, tanh_c, h, mask, a_x, factor_x, a_h, factor_h, a_c,
                 factor_c, r if variant.full_recurrence else None, r_0, m)


def backward(steps: Steps, p: Arrays, variant: Variant, dh_via_y: np.ndarray, dh_n: np.ndarray, dc_n: np.ndarray,
             dr_n: np.ndarray | None = None, *, rule: str | Rule = "full", held: Mapping[str, float] = {}) -> Deltas:
    """Take the derivative of a scalar L back through the whole sequence, or what a rule lets through of it.

    Parameters
    ----------
    steps : what `forward` returned for the same parameters and variant
    dh_via_y : (T, N, P), what L takes directly from each h_t
    dh_n (N, P), dc_n (N, H), dr_n (N, 3H) : what L takes from the last states through anything beyond the sequence
    rule : a name in `RULES`, or a `Rule`
    held : as in `forward`
    """
    (x, h_0, c_0, _, _, _, _, i, f, g, o, c, tanh_c, h, mask, a_x, factor_x, a_h, factor_h, a_c, factor_c, r, r_0,
     m) = steps
    W, U, R = p["weight_ih"], p["weight_hh"], p.get("weight_gg")
    T, N, H = c.shape
    dtype = c.dtype
    normal, held = "gain_ih" in p, held_gates(variant, held)
    rule = RULES[rule] if isinstance(rule, str) else rule

    def slope(gate: np.ndarray):
        return SIGMOID.backward(gate) if rule.slope_of_gates else 1

    dz = np.zeros((T, N, 4 * H), dtype)                     # a gate that is absent keeps its zeros
    dz_i, dz_f, dz_g, dz_o = blocks(dz)
    dh, dh_via_z = (np.empty(h.shape, dtype) for _ in range(2))
    dc, dc_via_h, dc_via_c, dc_via_p, dm, ds = (np.empty((T, N, H), dtype) for _ in range(6))
    du, dr = np.empty((T, N, 4 * H), dtype), np.zeros((T, N, 3 * H), dtype)
    from_h, from_c, from_p = dh_n, dc_n, np.zeros((N, H), dtype)
    from_r = np.zeros((N, 3 * H), dtype) if dr_n is None else dr_n

    with np.errstate(over="ignore", invalid="ignore"):
        for t in reversed(range(T)):
            c_prev = c[t - 1] if t > 0 else c_0
            through_gates, through_cell = rule.through_gates, rule.through_cell     # on to step t - 1
            if rule.window and t > 0 and t % rule.window == 0:
                through_gates = through_cell = False
            dh_via_z[t] = from_h
            dh[t] = dh_via_y[t] + dh_via_z[t]
            dr[t] = from_r
            dr_i, dr_f, dr_o = np.split(dr[t], 3, axis=1)
            dm[t] = project(dh[t], p["weight_hr"].T) if "weight_hr" in p else dh[t]
            if "o" not in held:
                dz_o[t] = (dm[t] * tanh_c[t] + dr_o) * slope(o[t])
            straight = variant.no_output_activation or not rule.slope_of_cell
            ds[t] = dm[t] * o[t] * (1 if straight else TANH.backward(tanh_c[t]))
            dc_via_h[t] = normalise_backward(ds[t] * p["gain_c"], a_c[t], factor_c[t]) if normal else ds[t]
            dc_via_c[t] = from_c
            dc_via_p[t] = from_p
            if variant.peepholes and rule.through_gates:
                dc_via_p[t] += dz_o[t] * p["weight_co"]
            dc[t] = dc_via_h[t] + dc_via_c[t] + dc_via_p[t]
            di, df = dc[t] * g[t] + dr_i, dc[t] * c_prev + dr_f
            if variant.coupled and "f" not in held:         # f = 1 - i: its derivative is the input gate's
                di -= df
            elif "f" not in held:
                dz_f[t] = df * slope(f[t])
            if "i" not in held:
                dz_i[t] = di * slope(i[t])
            if "g" not in held:
                dz_g[t] = dc[t] * i[t] * (1 if variant.no_input_activation else TANH.backward(g[t]))

            # What goes on to step t - 1, and by which ways.
            du[t] = normalise_backward(dz[t] * p["gain_hh"], a_h[t], factor_h[t]) if normal else dz[t]
            from_h = project(du[t], U.T) * (1 if mask is None else mask) * through_gates
            from_c = dc[t] * f[t] * through_cell
            if variant.peepholes:
                from_p = (dz_i[t] * p["weight_ci"] + dz_f[t] * p["weight_cf"]) * (through_gates and through_cell)
            if variant.full_recurrence:
                from_r = project(_ifo(dz[t]), R.T) * (through_gates and through_cell)

        gradients = {}
        d_input = normalise_backward(dz * p["gain_ih"], a_x, factor_x) if normal else dz
        h_before = _before(h_0, h) * (1 if mask is None else mask)
        gradients["weight_ih"], gradients["weight_hh"] = outer_sum(d_input, x), outer_sum(du, h_before)
        if "bias" in p:
            gradients["bias"] = dz.sum(axis=(0, 1))
        if "weight_hr" in p:
            gradients["weight_hr"] = outer_sum(dh, m)
        if variant.peepholes:
            c_before = _before(c_0, c)
            gradients["weight_ci"] = (dz_i * c_before).sum(axis=(0, 1))
            gradients["weight_cf"] = (dz_f * c_before).sum(axis=(0, 1))
            gradients["weight_co"] = (dz_o * c).sum(axis=(0, 1))
        if variant.full_recurrence:
            gradients["weight_gg"] = outer_sum(_ifo(dz), _before(r_0, r))
        if normal:
            gradients["gain_ih"], gradients["gain_hh"] = (dz * a_x).sum(axis=(0, 1)), (dz * a_h).sum(axis=(0, 1))
            gradients["gain_c"] = (ds * a_c).sum(axis=(0, 1))
            if "bias_c" in p:
                gradients["bias_c"] = ds.sum(axis=(0, 1))
        dx = project(d_input, W.T)
    deltas = Deltas(dh_via_y, dh_via_z, dh, dc_via_h, dc_via_c, dc, dz_i, dz_f, dz_g, dz_o, dx, from_h, from_c + from_p,
                    gradients, dc_via_p if variant.peepholes else None, dm if "weight_hr" in p else None,
                    *((dr, from_r) if variant.full_recurrence else (None, None)))
    finite_gradient(*(a for a in deltas if isinstance(a, np.ndarray)), *gradients.values())
    return deltas


def _before(first: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The values one step earlier: (T, N, ·), beginning with `first` (N, ·)."""
    return np.concatenate([first[np.newaxis], values[:-1]])


def _ifo(dz: np.ndarray) -> np.ndarray:
    """The blocks i, f, o of (..., 4H) side by side, (..., 3H)."""
    dz_i, dz_f, _, dz_o = blocks(dz)
    return np.concatenate([dz_i, dz_f, dz_o], axis=-1)
