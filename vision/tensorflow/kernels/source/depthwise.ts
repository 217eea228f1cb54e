/** Depthwise convolution over NHWC with a multiplier of 1 and its two gradients; kernels are [size, size, channels, 1]. */
export const depthwise = `
// pitch: from a pixel of the input to the next, more than its own channels where these are a part of them.
struct Window { int64_t N, H, W, C, OH, OW; int size, stride, top, left; int64_t pitch; };

// Behind the last output whose window ends inside the picture.
static inline int64_t lastInside(const Window& w) { return w.W - w.size + w.left < 0 ? 0 : (w.W - w.size + w.left) / w.stride + 1; }

static void readWindow(TF_OpKernelConstruction* from, Numbers* n) {
  readNumber(from, "stride", &n->stride); readNumber(from, "top", &n->top); readNumber(from, "left", &n->left);
  readNumber(from, "height", &n->height); readNumber(from, "width", &n->width);
}

// P neighbouring outputs of V times 8 channels at once, so that each weight is loaded once for them.
template <int P, int V, int A> static inline void outputs(const Window& w, const float* x, const float* kernel, const float* bias, float* y,
                                                          int64_t n, int64_t oy, int64_t ox, int64_t c) {
  v8 sums[P][V];
  for (int v = 0; v < V; v++) for (int p = 0; p < P; p++) sums[p][v] = bias ? load(bias + c + 8 * v) : all(0.f);
  for (int ky = 0; ky < w.size; ky++) {
    const int64_t iy = oy * w.stride + ky - w.top;
    if (iy < 0 || iy >= w.H) continue;
    const float* row = x + ((n * w.H + iy) * w.W) * w.pitch + c;
    for (int kx = 0; kx < w.size; kx++) {
      const float* weights = kernel + (ky * w.size + kx) * w.C + c;
      v8 k[V];
      for (int v = 0; v < V; v++) k[v] = load(weights + 8 * v);
      for (int p = 0; p < P; p++) {
        const int64_t ix = (ox + p) * w.stride + kx - w.left;
        if (P == 1 && (ix < 0 || ix >= w.W)) continue;
        for (int v = 0; v < V; v++) sums[p][v] += k[v] * load(row + ix * w.pitch + 8 * v);
      }
    }
  }
  for (int p = 0; p < P; p++) for (int v = 0; v < V; v++) store(y + ((n * w.OH + oy) * w.OW + ox + p) * w.C + c + 8 * v, activate<A>(sums[p][v]));
}

template <int V, int A> static void outputRow(const Window& w, const float* x, const float* kernel, const float* bias, float* y, int64_t n, int64_t oy, int64_t c) {
  // Between these two all of the window's columns lie inside the picture.
  const int64_t first = std::min(w.OW, (int64_t)(w.left + w.stride - 1) / w.stride);
  const int64_t last = std::max(first, std::min(w.OW, lastInside(w)));
  int64_t ox = 0;
  for (; ox < first; ox++) outputs<1, V, A>(w, x, kernel, bias, y, n, oy, ox, c);
  for (; ox + 4 <= last; ox += 4) outputs<4, V, A>(w, x, kernel, bias, y, n, oy, ox, c);
  for (; ox < w.OW; ox++) outputs<1, V, A>(w, x, kernel, bias, y, n, oy, ox, c);
}

template <int A> static void convolve(const Window& w, const float* x, const float* kernel, const float* bias, float* y) {
  const int64_t rows = w.N * w.OH;
  const int parts = (int)std::min<int64_t>(rows, 64);
  Threads::get().run(parts, [&](int part) {
    for (int64_t row = rows * part / parts; row < rows * (part + 1) / parts; row++) {
      int64_t c = 0;
      for (; c + 16 <= w.C; c += 16) outputRow<2, A>(w, x, kernel, bias, y, row / w.OH, row % w.OH, c);
      if (c < w.C) outputRow<1, A>(w, x, kernel, bias, y, row / w.OH, row % w.OH, c);
    }
  });
}

static void computeDepthwise(void* state, TF_OpKernelContext* context) {
  const Numbers& n = *(Numbers*)state;
  Call call(context);
  TF_Tensor *input = call.input(0), *filter = call.input(1), *offset = call.input(2);
  Window w{TF_Dim(input, 0), TF_Dim(input, 1), TF_Dim(input, 2), TF_Dim(input, 3), n.height, n.width, (int)TF_Dim(filter, 0), n.stride, n.top, n.left, TF_Dim(filter, 2)};
  const float *x = (float*)TF_TensorData(input), *kernel = (float*)TF_TensorData(filter);
  const float* bias = TF_TensorElementCount(offset) == w.C ? (float*)TF_TensorData(offset) : nullptr;
  float* y = call.output(0, {w.N, w.OH, w.OW, w.C});
  if (n.activation == kRelu6) convolve<kRelu6>(w, x, kernel, bias, y);
  else if (n.activation == kSwish) convolve<kSwish>(w, x, kernel, bias, y);
  else convolve<kNone>(w, x, kernel, bias, y);
}

// Each input's gradient gathered from the outputs that it had a part in.
template <int V> static void gatherRow(const Window& w, const float* dy, const float* kernel, float* dx, int64_t n, int64_t iy, int64_t c) {
  for (int64_t ix = 0; ix < w.W; ix++) {
    v8 sums[V];
    for (int v = 0; v < V; v++) sums[v] = all(0.f);
    for (int ky = 0; ky < w.size; ky++) {
      const int64_t down = iy + w.top - ky;
      if (down < 0 || down % w.stride != 0 || down / w.stride >= w.OH) continue;
      for (int kx = 0; kx < w.size; kx++) {
        const int64_t right = ix + w.left - kx;
        if (right < 0 || right % w.stride != 0 || right / w.stride >= w.OW) continue;
        const float* from = dy + ((n * w.OH + down / w.stride) * w.OW + right / w.stride) * w.C + c;
        for (int v = 0; v < V; v++) sums[v] += load(from + 8 * v) * load(kernel + (ky * w.size + kx) * w.C + c + 8 * v);
      }
    }
    for (int v = 0; v < V; v++) store(dx + ((n * w.H + iy) * w.W + ix) * w.C + c + 8 * v, sums[v]);
  }
}

static void computeDepthwiseInputGradient(void* state, TF_OpKernelContext* context) {
  const Numbers& n = *(Numbers*)state;
  Call call(context);
  TF_Tensor *gradient = call.input(0), *filter = call.input(1);
  const int64_t C = TF_Dim(gradient, 3);
  Window w{TF_Dim(gradient, 0), n.height, n.width, C, TF_Dim(gradient, 1), TF_Dim(gradient, 2), (int)TF_Dim(filter, 0), n.stride, n.top, n.left, TF_Dim(filter, 2)};
  const float *dy = (float*)TF_TensorData(gradient), *kernel = (float*)TF_TensorData(filter);
  float* dx = call.output(0, {w.N, w.H, w.W, C});
  if (w.stride == 1) {
    // The same convolution with the kernel turned round.
    std::vector<float> turned(w.size * w.size * C);
    for (int tap = 0; tap < w.size * w.size; tap++) memcpy(&turned[tap * C], kernel + (w.size * w.size - 1 - tap) * C, C * sizeof(float));
    Window back{w.N, w.OH, w.OW, C, w.H, w.W, w.size, 1, w.size - 1 - w.top, w.size - 1 - w.left, C};
    convolve<kNone>(back, dy, turned.data(), nullptr, dx);
    return;
  }
  const int64_t rows = w.N * w.H;
  const int parts = (int)std::min<int64_t>(rows, 64);
  Threads::get().run(parts, [&](int part) {
    for (int64_t row = rows * part / parts; row < rows * (part + 1) / parts; row++) {
      int64_t c = 0;
      for (; c + 32 <= C; c += 32) gatherRow<4>(w, dy, kernel, dx, row / w.H, row % w.H, c);
      for (; c < C; c += 8) gatherRow<1>(w, dy, kernel, dx, row / w.H, row % w.H, c);
    }
  });
}

// One row of outputs against one row of inputs: the sums of all columns of the window stay in registers.
template <int K, int V> static inline void correlateRow(const Window& w, const float* x, const float* dy, float* sums, int64_t c) {
  v8 s[K][V];
  for (int kx = 0; kx < K; kx++) for (int v = 0; v < V; v++) s[kx][v] = load(sums + kx * w.C + c + 8 * v);
  const int64_t first = std::min(w.OW, (int64_t)(w.left + w.stride - 1) / w.stride);
  const int64_t last = std::max(first, std::min(w.OW, lastInside(w)));
  for (int64_t ox = 0; ox < w.OW; ox++) {
    v8 d[V];
    for (int v = 0; v < V; v++) d[v] = load(dy + ox * w.C + c + 8 * v);
    const int64_t start = ox * w.stride - w.left;
    if (ox >= first && ox < last) {
      for (int kx = 0; kx < K; kx++) for (int v = 0; v < V; v++) s[kx][v] += d[v] * load(x + (start + kx) * w.C + c + 8 * v);
    } else {
      for (int kx = 0; kx < K; kx++)
        if (start + kx >= 0 && start + kx < w.W) for (int v = 0; v < V; v++) s[kx][v] += d[v] * load(x + (start + kx) * w.C + c + 8 * v);
    }
  }
  for (int kx = 0; kx < K; kx++) for (int v = 0; v < V; v++) store(sums + kx * w.C + c + 8 * v, s[kx][v]);
}

template <int K> static void correlate(const Window& w, const float* x, const float* dy, float* out) {
  const int64_t C = w.C, taps = K * K * C, rows = w.N * w.OH;
  const int parts = (int)std::min<int64_t>(rows, 8);
  std::vector<float> sums(parts * taps);
  Threads::get().run(parts, [&](int part) {
    float* own = &sums[part * taps];
    for (int64_t row = rows * part / parts; row < rows * (part + 1) / parts; row++) {
      const int64_t n = row / w.OH, oy = row % w.OH;
      const float* from = dy + row * w.OW * C;
      for (int64_t c = 0; c < C; c += 16)
        for (int ky = 0; ky < K; ky++) {
          const int64_t iy = oy * w.stride + ky - w.top;
          if (iy < 0 || iy >= w.H) continue;
          const float* line = x + (n * w.H + iy) * w.W * C;
          if (c + 16 <= C) correlateRow<K, 2>(w, line, from, own + ky * K * C, c);
          else correlateRow<K, 1>(w, line, from, own + ky * K * C, c);
        }
    }
  });
  for (int64_t i = 0; i < taps; i++) {
    double sum = 0;
    for (int part = 0; part < parts; part++) sum += sums[part * taps + i];
    out[i] = sum;
  }
}

static void computeDepthwiseFilterGradient(void* state, TF_OpKernelContext* context) {
  const Numbers& n = *(Numbers*)state;
  Call call(context);
  TF_Tensor *input = call.input(0), *gradient = call.input(1);
  const int64_t C = TF_Dim(input, 3);
  Window w{TF_Dim(input, 0), TF_Dim(input, 1), TF_Dim(input, 2), C, TF_Dim(gradient, 1), TF_Dim(gradient, 2), n.size, n.stride, n.top, n.left, C};
  const float *x = (float*)TF_TensorData(input), *dy = (float*)TF_TensorData(gradient);
  float* out = call.output(0, {w.size, w.size, C, 1});
  if (w.size == 3) correlate<3>(w, x, dy, out);
  else correlate<5>(w, x, dy, out);
}

static void declareDepthwise() {
  declare("FlowDepthwise", {"x: float", "kernel: float", "bias: float"}, {"y: float"},
          {"stride: int", "top: int", "left: int", "height: int", "width: int", "activation: int"},
          [](TF_OpKernelConstruction* from) -> void* { Numbers* n = new Numbers(); readWindow(from, n); readNumber(from, "activation", &n->activation); return n; }, computeDepthwise);
  declare("FlowDepthwiseInputGradient", {"dy: float", "kernel: float"}, {"dx: float"}, {"stride: int", "top: int", "left: int", "height: int", "width: int"},
          [](TF_OpKernelConstruction* from) -> void* { Numbers* n = new Numbers(); readWindow(from, n); return n; }, computeDepthwiseInputGradient);
  declare("FlowDepthwiseFilterGradient", {"x: float", "dy: float"}, {"dkernel: float"}, {"stride: int", "top: int", "left: int", "size: int"},
          [](TF_OpKernelConstruction* from) -> void* {
            Numbers* n = new Numbers();
            readNumber(from, "stride", &n->stride); readNumber(from, "top", &n->top); readNumber(from, "left", &n->left); readNumber(from, "size", &n->size);
            return n;
          }, computeDepthwiseFilterGradient);
}
`;
