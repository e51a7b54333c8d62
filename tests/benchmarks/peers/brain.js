// brain.js: its "LSTM" has no cell state (the previous output stands in for c), takes one sequence at a time and learns by
// RMSprop. That is less work than an LSTM, and no number of it can be compared.
/* global brain */

export class Brain {
  constructor(w, given) {
    this.w = w;
    const { I, H, O, T, N } = w;
    if (w.loss === "squared_error") {
      this.net = new brain.recurrent.LSTMTimeStep({ inputSize: I, hiddenLayers: [H], outputSize: O });
      this.net.initialize();
      while (this.net.model.equations.length < T) this.net.bindEquation();
      this.sequences = Array.from({ length: N }, (_, n) => Array.from({ length: T },
        (_, t) => Float32Array.from({ length: I }, (_, k) => given.x.data[(t * N + n) * I + k])));
      this.targets = Array.from({ length: N }, (_, n) => given.target.data.slice(((T - 1) * N + n) * O, ((T - 1) * N + n + 1) * O));
    } else {
      // Its own start and end symbols make a sequence one step longer; so it gets one step less. W2's inputs are tokens here.
      this.net = new brain.recurrent.LSTM({ inputSize: I, inputRange: I, hiddenLayers: [H], outputSize: O, dataFormatter: null });
      this.net.initialize();
      this.sequences = Array.from({ length: N }, (_, n) => Array.from({ length: T - 1 }, (_, t) => given.target.data[t * N + n]));
    }
  }

  reset() {}

  step() {
    const { net, w, sequences } = this;
    for (const [n, sequence] of sequences.entries()) {
      if (w.loss === "squared_error") {
        const { equations } = net.model;
        for (let t = 0; t < w.T - 1; t += 1) {
          const y = equations[t].runInput(sequence[t]);
          y.deltas.fill(0);
        }
        equations[w.T - 1].predictTarget(sequence[w.T - 1], this.targets[n]);
        net.backpropagate();
      } else if (w.learns) {
        net.trainInput(sequence);
        net.backpropagate(sequence);
      } else {
        while (net.model.equations.length < w.T) net.bindEquation();
        net.model.equations[0].runIndex(0);
        sequence.forEach((token, t) => net.model.equations[t + 1].runIndex(token + 1));
      }
    }
    if (w.learns) net.adjustWeights();
  }

  block(count) {
    for (let k = 0; k < count; k += 1) this.step();
  }

  dispose() {}
}
