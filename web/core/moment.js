// What a change means in the middle of a run. Some settings change from the present update on; others start it again.

const ITS_OWN = ["updates", "edits"];

/**
 * Experiments that are trained beside one that changes from `before` to `now`: a field in which one was as the first stays so. Of a
 * run that was kept, to be compared with what comes, nothing changes.
 */
export function followed(beside, before, now) {
  const differs = (one, other) => JSON.stringify(one) !== JSON.stringify(other);
  const changed = Object.keys(now).filter((name) => !ITS_OWN.includes(name) && differs(before[name], now[name]));
  const follow = (other) => ({ ...other, ...Object.fromEntries(changed.filter((name) => !differs(other[name], before[name])).map((name) => [name, now[name]])) });
  return changed.length ? beside.map((other) => (other.updates > 0 ? other : follow(other))) : beside;
}

/** The settings that the next update after `done` goes by. */
export function inForce(experiment, done) {
  const changes = Object.entries(experiment.changes ?? {}).filter(([update]) => Number(update) <= done);
  return Object.assign({}, ...changes.sort(([a], [b]) => a - b).map(([, fields]) => fields));
}

/**
 * A patch of experiment `base` as one of its run after `done` updates.
 *
 * changeable : what the run goes on with; it is written into `changes`, and later changes are forgotten with their future
 * restarting : what makes it another run, which begins at 0 with the settings of this one
 */
export function atMoment(patch, base, { done, running, changeable, restarting }) {
  if ("changes" in patch) return patch;
  const differs = (name) => name in patch && JSON.stringify(patch[name]) !== JSON.stringify(base[name]);
  if (restarting.some(differs)) {
    return { ...inForce(base, done), changes: {}, updates: running ? base.updates : 0, ...patch };
  }
  const picked = Object.fromEntries(Object.entries(patch).filter(([name]) => changeable.includes(name)));
  if (Object.keys(picked).length === 0) return patch;
  const rest = Object.fromEntries(Object.entries(patch).filter(([name]) => !changeable.includes(name)));
  const earlier = Object.fromEntries(Object.entries(base.changes ?? {}).filter(([update]) => Number(update) < done));
  if (done === 0) return { ...rest, ...picked, changes: {} };
  return { ...rest, changes: { ...earlier, [done]: { ...base.changes?.[done], ...picked } } };
}
