/**
 * Batch norm together with the activation behind it, over rows of channels (NHWC), and a bias with the same activation.
 *
 * One pass sums, one pass writes; backwards the same two. Nothing in between is kept: what lies before the activation is
 * computed again from the convolution's result, which the convolution's own gradient needs anyway.
 */
export const norm = `
static const int kParts = 16;

struct Rows { int64_t count, channels; };
static int64_t beginOf(int part, int64_t count) { return count * part / kParts; }

static void sumRows(const float* x, Rows rows, const float* origin, double* sums, double* squares) {
  const int64_t C = rows.channels;
  std::vector<float> parts(kParts * 2 * C);
  Threads::get().run(kParts, [&](int part) {
    float* sum = &parts[part * 2 * C];
    float* square = sum + C;
    int64_t row = beginOf(part, rows.count);
    const int64_t end = beginOf(part + 1, rows.count);
    for (; row < end; row += 4) {
      const int64_t group = std::min<int64_t>(4, end - row);
      for (int64_t c = 0; c < C; c += 8) {
        v8 s = load(sum + c), q = load(square + c), o = load(origin + c);
        for (int64_t r = 0; r < group; r++) { v8 d = load(x + (row + r) * C + c) - o; s += d; q += d * d; }
        store(sum + c, s);
        store(square + c, q);
      }
    }
  });
  for (int64_t c = 0; c < C; c++) {
    sums[c] = squares[c] = 0;
    for (int part = 0; part < kParts; part++) { sums[c] += parts[part * 2 * C + c]; squares[c] += parts[(part * 2 + 1) * C + c]; }
  }
}

template <int A> static void writeRows(const float* x, float* y, Rows rows, const float* slope, const float* shift) {
  const int64_t C = rows.channels;
  Threads::get().run(kParts, [&](int part) {
    for (int64_t row = beginOf(part, rows.count); row < beginOf(part + 1, rows.count); row++)
      for (int64_t c = 0; c < C; c += 8) store(y + row * C + c, activate<A>(load(x + row * C + c) * load(slope + c) + load(shift + c)));
  });
}
static void writeRows(int activation, const float* x, float* y, Rows rows, const float* slope, const float* shift) {
  if (activation == kRelu6) writeRows<kRelu6>(x, y, rows, slope, shift);
  else if (activation == kSwish) writeRows<kSwish>(x, y, rows, slope, shift);
  else writeRows<kNone>(x, y, rows, slope, shift);
}

static void computeNorm(void* state, TF_OpKernelContext* context) {
  const Numbers& n = *(Numbers*)state;
  Call call(context);
  TF_Tensor* input = call.input(0);
  const float *x = (float*)TF_TensorData(input), *scale = call.data(1), *offset = call.data(2), *runningMean = call.data(3), *runningVariance = call.data(4);
  const int64_t C = TF_Dim(input, TF_NumDims(input) - 1), R = TF_TensorElementCount(input) / C;
  float* y = call.output(0, shapeOf(input));
  float *mean = call.output(1, {C}), *inverse = call.output(2, {C}), *nextMean = call.output(3, {C}), *nextVariance = call.output(4, {C});
  if (R == 0) return;
  std::vector<double> sums(C), squares(C);
  // Deviations from the first row: squares of the values themselves would lose the variance of a channel far from zero.
  if (n.training) sumRows(x, {R, C}, x, sums.data(), squares.data());
  std::vector<float> slope(C), shift(C);
  for (int64_t c = 0; c < C; c++) {
    double m = runningMean[c], v = runningVariance[c];
    if (n.training) {
      const double away = sums[c] / R;
      m = x[c] + away;
      v = std::max(0.0, squares[c] / R - away * away);
      nextMean[c] = (1 - n.momentum) * runningMean[c] + n.momentum * m;
      nextVariance[c] = (1 - n.momentum) * runningVariance[c] + n.momentum * v * R / std::max<int64_t>(1, R - 1);
    } else { nextMean[c] = m; nextVariance[c] = v; }
    mean[c] = m;
    inverse[c] = 1 / std::sqrt(v + n.epsilon);
    slope[c] = scale[c] * inverse[c];
    shift[c] = offset[c] - m * slope[c];
  }
  writeRows(n.activation, x, y, {R, C}, slope.data(), shift.data());
}

template <int A> static void normGradient(const Numbers& n, Call& call) {
  TF_Tensor* input = call.input(1);
  const float *dy = call.data(0), *x = (float*)TF_TensorData(input), *scale = call.data(2), *offset = call.data(3), *mean = call.data(4), *inverse = call.data(5);
  const int64_t C = TF_Dim(input, TF_NumDims(input) - 1), R = TF_TensorElementCount(input) / C;
  float *dx = call.output(0, shapeOf(input)), *dScale = call.output(1, {C}), *dOffset = call.output(2, {C});
  std::vector<float> slope(C), shift(C), parts(kParts * 2 * C), byX(C), constant(C);
  for (int64_t c = 0; c < C; c++) { slope[c] = scale[c] * inverse[c]; shift[c] = offset[c] - mean[c] * slope[c]; }
  Threads::get().run(kParts, [&](int part) {
    float* sum = &parts[part * 2 * C];
    float* product = sum + C;
    const int64_t end = beginOf(part + 1, R);
    for (int64_t row = beginOf(part, R); row < end; row += 4) {
      const int64_t group = std::min<int64_t>(4, end - row);
      for (int64_t c = 0; c < C; c += 8) {
        v8 s = load(sum + c), p = load(product + c), a = load(&slope[c]), b = load(&shift[c]), m = load(mean + c);
        for (int64_t r = 0; r < group; r++) {
          v8 value = load(x + (row + r) * C + c);
          v8 dz = deactivate<A>(load(dy + (row + r) * C + c), value * a + b);
          s += dz;
          p += dz * (value - m);
        }
        store(sum + c, s);
        store(product + c, p);
      }
    }
  });
  for (int64_t c = 0; c < C; c++) {
    double s = 0, p = 0;
    for (int part = 0; part < kParts; part++) { s += parts[part * 2 * C + c]; p += parts[(part * 2 + 1) * C + c]; }
    p *= inverse[c];
    dOffset[c] = s;
    dScale[c] = p;
    byX[c] = n.training ? -slope[c] * inverse[c] * p / R : 0;
    constant[c] = n.training ? -slope[c] * s / R - mean[c] * byX[c] : 0;
  }
  Threads::get().run(kParts, [&](int part) {
    for (int64_t row = beginOf(part, R); row < beginOf(part + 1, R); row++)
      for (int64_t c = 0; c < C; c += 8) {
        v8 value = load(x + row * C + c), a = load(&slope[c]);
        v8 dz = deactivate<A>(load(dy + row * C + c), value * a + load(&shift[c]));
        store(dx + row * C + c, a * dz + value * load(&byX[c]) + load(&constant[c]));
      }
  });
}

static void computeNormGradient(void* state, TF_OpKernelContext* context) {
  const Numbers& n = *(Numbers*)state;
  Call call(context);
  if (n.activation == kRelu6) normGradient<kRelu6>(n, call);
  else if (n.activation == kSwish) normGradient<kSwish>(n, call);
  else normGradient<kNone>(n, call);
}

// In the place of its input, which nothing else may hold: the result of a convolution that has just been made.
static void computeBias(void* state, TF_OpKernelContext* context) {
  const Numbers& n = *(Numbers*)state;
  Call call(context);
  TF_Tensor* input = call.input(0);
  float* x = (float*)TF_TensorData(input);
  const int64_t C = TF_Dim(input, TF_NumDims(input) - 1), R = TF_TensorElementCount(input) / C;
  std::vector<float> ones(C, 1.f);
  writeRows(n.activation, x, x, {R, C}, ones.data(), call.data(1));
  call.hand(0, input);
}

static void declareNorms() {
  declare("FlowNorm", {"x: float", "scale: float", "offset: float", "running_mean: float", "running_variance: float"},
          {"y: float", "mean: float", "inverse: float", "next_mean: float", "next_variance: float"},
          {"epsilon: float", "momentum: float", "activation: int", "training: int"},
          [](TF_OpKernelConstruction* from) -> void* {
            Numbers* n = new Numbers();
            readNumber(from, "epsilon", &n->epsilon); readNumber(from, "momentum", &n->momentum);
            readNumber(from, "activation", &n->activation); readNumber(from, "training", &n->training);
            return n;
          }, computeNorm);
  declare("FlowNormGradient", {"dy: float", "x: float", "scale: float", "offset: float", "mean: float", "inverse: float"},
          {"dx: float", "dscale: float", "doffset: float"}, {"activation: int", "training: int"},
          [](TF_OpKernelConstruction* from) -> void* {
            Numbers* n = new Numbers();
            readNumber(from, "activation", &n->activation); readNumber(from, "training", &n->training);
            return n;
          }, computeNormGradient);
  declare("FlowBias", {"x: float", "bias: float"}, {"y: float"}, {"activation: int"},
          [](TF_OpKernelConstruction* from) -> void* { Numbers* n = new Numbers(); readNumber(from, "activation", &n->activation); return n; }, computeBias);
}
`;
