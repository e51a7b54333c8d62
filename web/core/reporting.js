// Where something throws that others must not suffer from: the browser is told, as of what nobody caught, and all else goes on.

/** As `work`; where that throws or rejects, the browser is told and `otherwise` is the answer. */
export function reporting(work, otherwise) {
  const failed = (error) => { reportError(error); return otherwise; };
  return (...given) => {
    try {
      const answer = work(...given);
      return answer instanceof Promise ? answer.catch(failed) : answer;
    } catch (error) {
      return failed(error);
    }
  };
}
