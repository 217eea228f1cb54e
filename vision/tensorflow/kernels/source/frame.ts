/** What the kernels in C++ share: the part of TensorFlow's C interface that they use, vectors, and threads. */
export const frame = `
#include <algorithm>
#include <atomic>
#include <cmath>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

// Declared here and not included, since the headers come with a wheel of hundreds of megabytes; C interfaces are kept stable.
extern "C" {
struct TF_Tensor; struct TF_Status; struct TF_OpKernelConstruction; struct TF_OpKernelContext;
struct TF_KernelBuilder; struct TF_OpDefinitionBuilder; struct TF_ShapeInferenceContext;
TF_OpDefinitionBuilder* TF_NewOpDefinitionBuilder(const char*);
void TF_OpDefinitionBuilderAddInput(TF_OpDefinitionBuilder*, const char*);
void TF_OpDefinitionBuilderAddOutput(TF_OpDefinitionBuilder*, const char*);
void TF_OpDefinitionBuilderAddAttr(TF_OpDefinitionBuilder*, const char*);
void TF_OpDefinitionBuilderSetShapeInferenceFunction(TF_OpDefinitionBuilder*, void (*)(TF_ShapeInferenceContext*, TF_Status*));
void TF_ShapeInferenceContextSetUnknownShape(TF_ShapeInferenceContext*, TF_Status*);
void TF_RegisterOpDefinition(TF_OpDefinitionBuilder*, TF_Status*);
TF_KernelBuilder* TF_NewKernelBuilder(const char*, const char*, void* (*)(TF_OpKernelConstruction*),
                                      void (*)(void*, TF_OpKernelContext*), void (*)(void*));
void TF_RegisterKernelBuilder(const char*, TF_KernelBuilder*, TF_Status*);
void TF_GetInput(TF_OpKernelContext*, int, TF_Tensor**, TF_Status*);
TF_Tensor* TF_AllocateOutput(TF_OpKernelContext*, int, int, const int64_t*, int, size_t, TF_Status*);
void TF_SetOutput(TF_OpKernelContext*, int, const TF_Tensor*, TF_Status*);
void* TF_TensorData(const TF_Tensor*);
int64_t TF_Dim(const TF_Tensor*, int);
int TF_NumDims(const TF_Tensor*);
int64_t TF_TensorElementCount(const TF_Tensor*);
void TF_DeleteTensor(TF_Tensor*);
TF_Status* TF_NewStatus();
void TF_DeleteStatus(TF_Status*);
int TF_GetCode(const TF_Status*);
void TF_OpKernelContext_Failure(TF_OpKernelContext*, TF_Status*);
void TF_OpKernelConstruction_GetAttrFloat(TF_OpKernelConstruction*, const char*, float*, TF_Status*);
void TF_OpKernelConstruction_GetAttrInt32(TF_OpKernelConstruction*, const char*, int32_t*, TF_Status*);
}

// Eight floats that may lie anywhere; the compiler makes two halves of them where a register holds four.
typedef float v8 __attribute__((vector_size(32), aligned(4), may_alias));
typedef int32_t i8 __attribute__((vector_size(32)));
static inline v8 load(const float* p) { return *(const v8*)p; }
static inline void store(float* p, v8 v) { *(v8*)p = v; }
static inline v8 all(float x) { return v8{x, x, x, x, x, x, x, x}; }
static inline v8 least(v8 a, v8 b) { return a < b ? a : b; }
static inline v8 most(v8 a, v8 b) { return a > b ? a : b; }

// e^x to 2 units in the last place (the polynomial of Cephes).
static inline v8 exponential(v8 x) {
  x = most(least(x, all(88.f)), all(-87.f));
  v8 t = x * all(1.44269504088896341f);
  v8 shifted = t + all(12582912.f);
  v8 n = shifted - all(12582912.f);
  x = x - n * all(0.693359375f);
  x = x - n * all(-2.12194440e-4f);
  v8 y = all(1.9875691500e-4f);
  y = y * x + all(1.3981999507e-3f);
  y = y * x + all(8.3334519073e-3f);
  y = y * x + all(4.1665795894e-2f);
  y = y * x + all(1.6666665459e-1f);
  y = y * x + all(5.0000001201e-1f);
  y = y * x * x + x + all(1.f);
  i8 power = (__builtin_convertvector(n, i8) + 127) << 23;
  v8 scale;
  memcpy(&scale, &power, sizeof scale);
  return y * scale;
}
static inline v8 sigmoid(v8 x) { return all(1.f) / (all(1.f) + exponential(-x)); }

enum Activation { kNone = 0, kRelu6 = 1, kSwish = 2 };
template <int A> static inline v8 activate(v8 z) {
  if (A == kRelu6) { z = z < all(0.f) ? all(0.f) : z; return z > all(6.f) ? all(6.f) : z; }
  if (A == kSwish) return z * sigmoid(z);
  return z;
}
// dy times the activation's slope at z.
template <int A> static inline v8 deactivate(v8 dy, v8 z) {
  if (A == kRelu6) return (z > all(0.f)) & (z < all(6.f)) ? dy : all(0.f);
  if (A == kSwish) { v8 s = sigmoid(z); return dy * (s + z * s * (all(1.f) - s)); }
  return dy;
}

// As many threads as a kernel of TensorFlow's may use, started at the first need; parts are taken as they come.
// What is summed is summed a part, and the parts in their order, so that no result depends on the count of threads.
class Threads {
 public:
  static Threads& get() { static Threads* threads = new Threads(); return *threads; }
  void run(int parts, const std::function<void(int)>& body) {
    if (parts <= 1 || count_ <= 1) { for (int part = 0; part < parts; part++) body(part); return; }
    { std::lock_guard<std::mutex> lock(mutex_);
      body_ = &body; parts_ = parts; next_.store(0); busy_.store(count_ - 1); round_.fetch_add(1, std::memory_order_release); }
    wake_.notify_all();
    take();
    for (int spin = 0; busy_.load(std::memory_order_acquire) > 0; spin++) if (spin > 1000) std::this_thread::yield();
  }
 private:
  Threads() {
    const char* asked = getenv("TF_NUM_INTRAOP_THREADS");
    count_ = asked && atoi(asked) > 0 ? atoi(asked) : std::max(1u, std::thread::hardware_concurrency());
    for (int i = 1; i < count_; i++) std::thread([this] { serve(); }).detach();
  }
  void take() { for (int part; (part = next_.fetch_add(1)) < parts_;) (*body_)(part); }
  void serve() {
    for (uint64_t seen = 0;;) {
      for (int spin = 0; spin < 2000 && round_.load(std::memory_order_acquire) == seen; spin++) __asm__ volatile("" ::: "memory");
      if (round_.load(std::memory_order_acquire) == seen) {
        std::unique_lock<std::mutex> lock(mutex_);
        wake_.wait(lock, [&] { return round_.load() != seen; });
      }
      seen = round_.load(std::memory_order_acquire);
      take();
      busy_.fetch_sub(1, std::memory_order_release);
    }
  }
  int count_, parts_ = 0;
  const std::function<void(int)>* body_ = nullptr;
  std::atomic<int> next_{0}, busy_{0};
  std::atomic<uint64_t> round_{0};
  std::mutex mutex_;
  std::condition_variable wake_;
};

// The tensors of one call; they are given back at its end.
class Call {
 public:
  explicit Call(TF_OpKernelContext* context) : context_(context), status_(TF_NewStatus()) {}
  ~Call() {
    if (TF_GetCode(status_) != 0) TF_OpKernelContext_Failure(context_, status_);
    for (TF_Tensor* tensor : tensors_) TF_DeleteTensor(tensor);
    TF_DeleteStatus(status_);
  }
  TF_Tensor* input(int place) {
    TF_Tensor* tensor = nullptr;
    TF_GetInput(context_, place, &tensor, status_);
    tensors_.push_back(tensor);
    return tensor;
  }
  float* data(int place) { return (float*)TF_TensorData(input(place)); }
  float* output(int place, const std::vector<int64_t>& shape) {
    int64_t count = 1;
    for (int64_t side : shape) count *= side;
    TF_Tensor* tensor = TF_AllocateOutput(context_, place, 1, shape.data(), (int)shape.size(), count * sizeof(float), status_);
    tensors_.push_back(tensor);
    return (float*)TF_TensorData(tensor);
  }
  void hand(int place, TF_Tensor* tensor) { TF_SetOutput(context_, place, tensor, status_); }
 private:
  TF_OpKernelContext* context_;
  TF_Status* status_;
  std::vector<TF_Tensor*> tensors_;
};
static std::vector<int64_t> shapeOf(const TF_Tensor* tensor) {
  std::vector<int64_t> shape;
  for (int axis = 0; axis < TF_NumDims(tensor); axis++) shape.push_back(TF_Dim(tensor, axis));
  return shape;
}

struct Numbers { float epsilon = 0, momentum = 0; int32_t activation = 0, training = 0, stride = 1, top = 0, left = 0, height = 0, width = 0, size = 0, count = 0, turned = 0; };
static void readNumber(TF_OpKernelConstruction* from, const char* name, float* into) { TF_Status* s = TF_NewStatus(); TF_OpKernelConstruction_GetAttrFloat(from, name, into, s); TF_DeleteStatus(s); }
static void readNumber(TF_OpKernelConstruction* from, const char* name, int32_t* into) { TF_Status* s = TF_NewStatus(); TF_OpKernelConstruction_GetAttrInt32(from, name, into, s); TF_DeleteStatus(s); }

static void declare(const char* name, std::vector<const char*> inputs, std::vector<const char*> outputs, std::vector<const char*> attributes,
                    void* (*create)(TF_OpKernelConstruction*), void (*compute)(void*, TF_OpKernelContext*)) {
  TF_Status* status = TF_NewStatus();
  TF_OpDefinitionBuilder* op = TF_NewOpDefinitionBuilder(name);
  for (auto each : attributes) TF_OpDefinitionBuilderAddAttr(op, each);
  for (auto each : inputs) TF_OpDefinitionBuilderAddInput(op, each);
  for (auto each : outputs) TF_OpDefinitionBuilderAddOutput(op, each);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(op, [](TF_ShapeInferenceContext* c, TF_Status* s) { TF_ShapeInferenceContextSetUnknownShape(c, s); });
  TF_RegisterOpDefinition(op, status);
  TF_KernelBuilder* kernel = TF_NewKernelBuilder(name, "CPU", create, compute, [](void* numbers) { delete (Numbers*)numbers; });
  TF_RegisterKernelBuilder(name, kernel, status);
  TF_DeleteStatus(status);
}
`;
