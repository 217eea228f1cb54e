/** One step of Ranger (vision/training/ranger.ts says what it is) over all parameters in one call. */
export const ranger = `
struct Parameter { float *values, *gradient, *average, *square, *slow, *next; int64_t count, units; float pace; };

static void stepParameter(const Parameter& p, const float* s) {
  const float beta1 = s[0], beta2 = s[1], epsilon = s[2], clamp = s[3], alpha = s[6];
  const bool adaptive = s[4] > 0, looks = s[5] > 0;
  std::vector<float> means(std::max<int64_t>(1, p.units), 0.f);
  auto slope = [&](int64_t i) { return std::min(clamp, std::max(-clamp, p.gradient[i])); };
  if (p.units > 0) {
    for (int64_t start = 0; start < p.count; start += p.units)
      for (int64_t unit = 0; unit < p.units; unit++) means[unit] += slope(start + unit);
    for (float& mean : means) mean *= (float)p.units / p.count;
  }
  const int64_t stretch = p.units > 0 ? p.units : p.count;
  for (int64_t start = 0; start < p.count; start += stretch)
    for (int64_t unit = 0; unit < stretch; unit++) {
      const int64_t i = start + unit;
      const float g = slope(i) - (p.units > 0 ? means[unit] : 0.f);
      const float average = p.average[i] = beta1 * p.average[i] + (1 - beta1) * g;
      const float square = p.square[i] = beta2 * p.square[i] + (1 - beta2) * g * g;
      float next = p.values[i] - p.pace * (adaptive ? average / (std::sqrt(square) + epsilon) : average);
      if (looks) next = p.slow[i] = p.slow[i] + alpha * (next - p.slow[i]);
      p.next[i] = next;
    }
}

// The moments are changed where they lie: they are the optimiser's own, and three copies of a network a step were a third of its time.
static void computeRanger(void* state, TF_OpKernelContext* context) {
  const int count = ((Numbers*)state)->count;
  Call call(context);
  const float *settings = call.data(0), *paces = call.data(1), *units = call.data(2);
  std::vector<Parameter> parameters;
  for (int i = 0; i < count; i++) {
    TF_Tensor* values = call.input(3 + i);
    parameters.push_back({(float*)TF_TensorData(values), call.data(3 + count + i), call.data(3 + 2 * count + i), call.data(3 + 3 * count + i),
                          call.data(3 + 4 * count + i), call.output(i, shapeOf(values)), TF_TensorElementCount(values), (int64_t)units[i], paces[i]});
  }
  Threads::get().run(count, [&](int i) { stepParameter(parameters[i], settings); });
}

static void declareRanger() {
  declare("FlowRanger", {"settings: float", "paces: float", "units: float", "values: count * float", "gradients: count * float", "averages: count * float",
                         "squares: count * float", "slows: count * float"},
          {"next: count * float"}, {"count: int"},
          [](TF_OpKernelConstruction* from) -> void* { Numbers* n = new Numbers(); readNumber(from, "count", &n->count); return n; }, computeRanger);
}

// Node opens this library like a module of its own, which is how it comes into the process; it exports nothing.
extern "C" __attribute__((visibility("default"))) void* napi_register_module_v1(void*, void* exports) {
  static bool declared = (declareNorms(), declareDepthwise(), declarePointwise(), declareRanger(), true);
  (void)declared;
  return exports;
}
`;
