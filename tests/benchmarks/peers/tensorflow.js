// TensorFlow.js: the same step written with its core operations, and with its layers. The quicker one counts.
/* global tf */

const PARAMETERS = ["weight_ih", "weight_hh", "bias", "readout_weight", "readout_bias"];

/** Rows of blocks i, f, g, o as columns: (4H, K) to (K, 4H). TensorFlow.js, as Keras, has the same order of gates. */
const turned = ({ data, shape }) => tf.tidy(() => tf.transpose(tf.tensor2d(data, shape)));

export class Tensorflow {
  /** `w` and `given` are those of ours.py; `style` is "core" or "layers". */
  constructor(w, given, style, learningRate) {
    Object.assign(this, { w, given, style, learningRate });
    const { I, T, N, O } = w;
    this.x = tf.tidy(() => (w.tokens ? tf.oneHot(tf.tensor1d(given.x.data, "int32"), I).toFloat().reshape([T, N, I])
      : tf.tensor3d(given.x.data, [T, N, I])).transpose([1, 0, 2]));
    this.target = tf.tidy(() => (w.loss === "cross_entropy"
      ? tf.oneHot(tf.tensor2d(given.target.data, [T, N], "int32"), O).toFloat() : tf.tensor3d(given.target.data, [T, N, O]))
      .transpose([1, 0, 2]));
    this.start = {
      weight_ih: turned(given.weight_ih), weight_hh: turned(given.weight_hh), bias: tf.tensor1d(given.bias.data),
      readout_weight: turned(given.readout_weight), readout_bias: tf.tensor1d(given.readout_bias.data),
    };
    this.variables = Object.fromEntries(PARAMETERS.map((name) => [name, tf.variable(this.start[name])]));
    if (style === "layers") {
      this.layer = tf.layers.lstm({ units: w.H, returnSequences: true, activation: "tanh", recurrentActivation: "sigmoid", unitForgetBias: false });
      this.readout = tf.layers.dense({ units: O });
      tf.tidy(() => { this.outputs(); });                               // which makes their weights
    }
    this.reset();
  }

  reset() {
    this.optimizer?.dispose();
    this.optimizer = tf.train.adam(this.learningRate, 0.9, 0.999, 1e-8);
    if (this.layer) {
      this.layer.setWeights(PARAMETERS.slice(0, 3).map((name) => this.start[name]));
      this.readout.setWeights(PARAMETERS.slice(3).map((name) => this.start[name]));
      this.trained = [...this.layer.trainableWeights, ...this.readout.trainableWeights].map((weight) => weight.val);
    } else {
      for (const name of PARAMETERS) this.variables[name].assign(this.start[name]);
      this.trained = Object.values(this.variables);
    }
  }

  outputs() {
    const { w: { T, N, H, I, O }, variables: v } = this;
    if (this.layer) return this.readout.apply(this.layer.apply(this.x));
    // The input's part for all steps at once, as in py_lstm; (T, N, 4H).
    const z_x = tf.unstack(tf.add(tf.matMul(this.x.reshape([N * T, I]), v.weight_ih), v.bias).reshape([N, T, 4 * H]), 1);
    let [h, c] = [tf.zeros([N, H]), tf.zeros([N, H])];
    const all = [];
    for (let t = 0; t < T; t += 1) {
      const [i, f, g, o] = tf.split(tf.add(z_x[t], tf.matMul(h, v.weight_hh)), 4, 1);
      c = tf.add(tf.mul(tf.sigmoid(f), c), tf.mul(tf.sigmoid(i), tf.tanh(g)));
      h = tf.mul(tf.sigmoid(o), tf.tanh(c));
      all.push(h);
    }
    return tf.add(tf.matMul(tf.stack(all, 1).reshape([N * T, H]), v.readout_weight), v.readout_bias).reshape([N, T, O]);
  }

  loss(y) {
    const { w: { T, N, O, loss, at } } = this;
    if (loss === "cross_entropy") return tf.losses.softmaxCrossEntropy(this.target.reshape([N * T, O]), y.reshape([N * T, O]));
    const last = (values) => (at === "last" ? values.slice([0, T - 1, 0], [N, 1, O]) : values);
    return tf.mean(tf.square(tf.sub(last(y), last(this.target))));
  }

  step() {
    if (!this.w.learns) {
      const y = tf.tidy(() => this.outputs());
      y.dataSync();
      y.dispose();
      return undefined;
    }
    const loss = this.optimizer.minimize(() => this.loss(this.outputs()), true, this.trained);
    const value = loss.dataSync()[0];
    loss.dispose();
    return value;
  }

  losses(count) {
    this.reset();
    if (!this.w.learns) return [tf.tidy(() => this.loss(this.outputs()).dataSync()[0])];
    return Array.from({ length: count }, () => this.step());
  }

  block(count) {
    for (let k = 0; k < count; k += 1) this.step();
  }

  dispose() {
    this.optimizer.dispose();
    this.layer?.dispose();
    this.readout?.dispose();
    tf.dispose([this.x, this.target, Object.values(this.start), Object.values(this.variables)]);
  }
}
