/**
 * Convolutions of 1 x 1: a matrix product over rows of channels, in inference finished by bias and activation. Kernels are
 * packed in panels of 16 outputs, [panels][inputs][16], the last one filled up with zeros.
 *
 * An expansion goes on into the depthwise convolution behind it, panel by panel, so that the widest activations of a
 * network never leave the cache: writing and reading them cost as much as their arithmetic. No result depends on
 * threads or on what else is in the batch, since each value is summed in the order of the inputs.
 */
export const pointwise = `
static const int kPanel = 16;

// R rows times V times 8 outputs in registers. Not inlined: in a larger function the compiler runs out of registers.
template <int R, int V, int A> __attribute__((noinline)) static void multiplyTile(const float* x, int64_t K, const float* panel, const float* bias,
                                                                                  float* y, int64_t pitch, const float* skip) {
  v8 s[R][V];
  for (int r = 0; r < R; r++) for (int v = 0; v < V; v++) s[r][v] = load(bias + 8 * v);
  // A second base, so that three multiples of K address six rows.
  const float* far = x + 3 * K;
  for (int64_t k = 0; k < K; k++) {
    v8 w[V];
    for (int v = 0; v < V; v++) w[v] = load(panel + k * kPanel + 8 * v);
    for (int r = 0; r < R; r++) {
      const v8 value = all(r < 3 ? x[k + r * K] : far[k + (r - 3) * K]);
      for (int v = 0; v < V; v++) s[r][v] += value * w[v];
    }
  }
  for (int r = 0; r < R; r++) for (int v = 0; v < V; v++) {
    const v8 z = activate<A>(s[r][v]);
    store(y + r * pitch + 8 * v, skip ? z + load(skip + r * pitch + 8 * v) : z);
  }
}

// All rows times one panel, of which V times 8 outputs are real.
template <int V, int A> static void multiplyRows(const float* x, int64_t rows, int64_t K, const float* panel, const float* bias,
                                                 float* y, int64_t pitch, const float* skip) {
  int64_t row = 0;
  auto rest = [&](const float*& at) { return at ? at + row * pitch : nullptr; };
  for (; row + 6 <= rows; row += 6) multiplyTile<6, V, A>(x + row * K, K, panel, bias, y + row * pitch, pitch, rest(skip));
  const float* from = x + row * K;
  switch (rows - row) {
    case 5: multiplyTile<5, V, A>(from, K, panel, bias, y + row * pitch, pitch, rest(skip)); break;
    case 4: multiplyTile<4, V, A>(from, K, panel, bias, y + row * pitch, pitch, rest(skip)); break;
    case 3: multiplyTile<3, V, A>(from, K, panel, bias, y + row * pitch, pitch, rest(skip)); break;
    case 2: multiplyTile<2, V, A>(from, K, panel, bias, y + row * pitch, pitch, rest(skip)); break;
    case 1: multiplyTile<1, V, A>(from, K, panel, bias, y + row * pitch, pitch, rest(skip)); break;
  }
}

template <int A> static void multiply(const float* x, int64_t M, int64_t K, const float* packed, const float* bias, float* y, int64_t N, const float* skip) {
  // So few rows that they stay in the cache while all panels pass by.
  const int64_t stretch = 48;
  const int parts = (int)((M + stretch - 1) / stretch);
  Threads::get().run(parts, [&](int part) {
    const int64_t begin = M * part / parts, rows = M * (part + 1) / parts - begin;
    for (int64_t n = 0; n < N; n += kPanel) {
      const float *panel = packed + n * K, *from = x + begin * K, *add = skip ? skip + begin * N + n : nullptr;
      if (n + kPanel <= N) multiplyRows<2, A>(from, rows, K, panel, bias + n, y + begin * N + n, N, add);
      else multiplyRows<1, A>(from, rows, K, panel, bias + n, y + begin * N + n, N, add);
    }
  });
}

// A kernel [inputs, outputs] as it is, or the other way round, as the gradient of its inputs wants it.

static std::vector<float> packKernel(const float* kernel, bool turned, int64_t K, int64_t N) {
  const int64_t panels = (N + kPanel - 1) / kPanel;
  std::vector<float> packed(panels * K * kPanel);
  Threads::get().run((int)panels, [&](int panel) {
    const int64_t first = panel * kPanel, width = std::min<int64_t>(kPanel, N - first);
    float* into = &packed[first * K];
    if (!turned) for (int64_t k = 0; k < K; k++) memcpy(into + k * kPanel, kernel + k * N + first, width * sizeof(float));
    else for (int64_t k = 0; k < K; k++) for (int64_t n = 0; n < width; n++) into[k * kPanel + n] = kernel[(first + n) * K + k];
  });
  return packed;
}

static void computeProduct(void* state, TF_OpKernelContext* context) {
  const Numbers& n = *(Numbers*)state;
  Call call(context);
  TF_Tensor *input = call.input(0), *kernel = call.input(1);
  const int64_t K = TF_Dim(input, 3), M = TF_TensorElementCount(input) / K, N = TF_TensorElementCount(kernel) / K;
  const std::vector<float> packed = packKernel((float*)TF_TensorData(kernel), n.turned, K, N), zeros(N);
  float* y = call.output(0, {TF_Dim(input, 0), TF_Dim(input, 1), TF_Dim(input, 2), N});
  multiply<kNone>((float*)TF_TensorData(input), M, K, packed.data(), zeros.data(), y, N, nullptr);
}

static void computePointwise(void* state, TF_OpKernelContext* context) {
  const Numbers& n = *(Numbers*)state;
  Call call(context);
  TF_Tensor *input = call.input(0), *bias = call.input(2), *skip = call.input(3);
  const float *x = (float*)TF_TensorData(input), *packed = call.data(1), *offset = (float*)TF_TensorData(bias);
  const int64_t K = TF_Dim(input, 3), M = TF_TensorElementCount(input) / K, N = TF_TensorElementCount(bias);
  float* y = call.output(0, {TF_Dim(input, 0), TF_Dim(input, 1), TF_Dim(input, 2), N});
  const float* add = TF_NumDims(skip) == 4 ? (float*)TF_TensorData(skip) : nullptr;
  if (n.activation == kRelu6) multiply<kRelu6>(x, M, K, packed, offset, y, N, add);
  else if (n.activation == kSwish) multiply<kSwish>(x, M, K, packed, offset, y, N, add);
  else multiply<kNone>(x, M, K, packed, offset, y, N, add);
}

// One panel of one picture: bands of the expansion in a buffer, each followed by the outputs that rest on it.
template <int V, int A> static void expandPanel(const Window& w, const float* x, int64_t K, const float* packed, const float* expandBias,
                                                const float* kernel, const float* bias, float* y) {
  static thread_local std::vector<float> buffer;
  const int64_t room = 65536 / (w.W * kPanel);
  const int64_t most = std::max<int64_t>(1, (room - w.size) / w.stride + 1);
  for (int64_t begin = 0; begin < w.OH; begin += most) {
    const int64_t end = std::min(w.OH, begin + most);
    const int64_t first = std::max<int64_t>(0, begin * w.stride - w.top), last = std::min(w.H, (end - 1) * w.stride - w.top + w.size);
    buffer.resize(std::max<size_t>(buffer.size(), (last - first) * w.W * kPanel));
    multiplyRows<V, A>(x + first * w.W * K, (last - first) * w.W, K, packed, expandBias, buffer.data(), kPanel, nullptr);
    Window band = w;
    band.H = last - first; band.top = w.top + first; band.pitch = kPanel;
    for (int64_t row = begin; row < end; row++) outputRow<V, A>(band, buffer.data(), kernel, bias, y, 0, row, 0);
  }
}

template <int A> static void expand(const Window& w, const float* x, int64_t K, const float* packed, const float* expandBias, const float* kernel, const float* bias, float* y) {
  const int64_t panels = (w.C + kPanel - 1) / kPanel;
  Threads::get().run((int)(w.N * panels), [&](int part) {
    const int64_t n = part / panels, c = part % panels * kPanel;
    const float* picture = x + n * w.H * w.W * K;
    float* into = y + n * w.OH * w.OW * w.C + c;
    if (c + kPanel <= w.C) expandPanel<2, A>(w, picture, K, packed + c * K, expandBias + c, kernel + c, bias + c, into);
    else expandPanel<1, A>(w, picture, K, packed + c * K, expandBias + c, kernel + c, bias + c, into);
  });
}

static void computeExpansion(void* state, TF_OpKernelContext* context) {
  const Numbers& n = *(Numbers*)state;
  Call call(context);
  TF_Tensor *input = call.input(0), *filter = call.input(3);
  const int64_t C = TF_Dim(filter, 2);
  Window w{TF_Dim(input, 0), TF_Dim(input, 1), TF_Dim(input, 2), C, n.height, n.width, (int)TF_Dim(filter, 0), n.stride, n.top, n.left, C};
  const float *x = (float*)TF_TensorData(input), *packed = call.data(1), *expandBias = call.data(2), *kernel = (float*)TF_TensorData(filter), *bias = call.data(4);
  float* y = call.output(0, {w.N, w.OH, w.OW, C});
  const int64_t K = TF_Dim(input, 3);
  if (n.activation == kRelu6) expand<kRelu6>(w, x, K, packed, expandBias, kernel, bias, y);
  else if (n.activation == kSwish) expand<kSwish>(w, x, K, packed, expandBias, kernel, bias, y);
  else expand<kNone>(w, x, K, packed, expandBias, kernel, bias, y);
}

static void declarePointwise() {
  declare("FlowPointwise", {"x: float", "packed: float", "bias: float", "skip: float"}, {"y: float"}, {"activation: int"},
          [](TF_OpKernelConstruction* from) -> void* { Numbers* n = new Numbers(); readNumber(from, "activation", &n->activation); return n; }, computePointwise);
  declare("FlowProduct", {"x: float", "kernel: float"}, {"y: float"}, {"turned: int"},
          [](TF_OpKernelConstruction* from) -> void* { Numbers* n = new Numbers(); readNumber(from, "turned", &n->turned); return n; }, computeProduct);
  declare("FlowExpansion", {"x: float", "packed: float", "expand_bias: float", "kernel: float", "bias: float"}, {"y: float"},
          {"stride: int", "top: int", "left: int", "height: int", "width: int", "activation: int"},
          [](TF_OpKernelConstruction* from) -> void* { Numbers* n = new Numbers(); readWindow(from, n); readNumber(from, "activation", &n->activation); return n; }, computeExpansion);
}
`;
