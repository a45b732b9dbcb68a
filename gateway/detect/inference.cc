#define ORT_API_MANUAL_INIT
#include "detect/inference.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <onnxruntime_cxx_api.h>
#if defined(__SSE2__)
#include <immintrin.h>
#endif

#include <ctime>
#include <functional>
#include <mutex>
#include <new>
#include <numeric>

namespace veilgate::detect {
namespace {

/// Inference must not print: its messages could name files, and the gateway's log is the only one.
void ORT_API_CALL discard_log(void*, OrtLoggingLevel, const char*, const char*, const char*, const char*) {}

struct Runtime {
  std::filesystem::path library;
  std::unique_ptr<Ort::Env> env;
};

Result<Runtime*> load_runtime(const std::filesystem::path& library) {
  const auto status = inspect_runtime(library);
  if (status.state != ModelStatus::State::Ok) {
    return fail(ErrorKind::Config, "detect.runtime",
                "the ONNX Runtime library is missing or not a tested build: run  bash conf/fetch.sh  or correct "
                "detect.runtime");
  }
  void* handle = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    return fail(ErrorKind::Config, "detect.runtime", "the ONNX Runtime library cannot be loaded on this machine");
  }
  const auto base = reinterpret_cast<const OrtApiBase* (*)()>(dlsym(handle, "OrtGetApiBase"));
  // GetApi answers nullptr, not an error, for an API newer than the library.
  const OrtApi* api = base == nullptr ? nullptr : base()->GetApi(ORT_API_VERSION);
  if (api == nullptr) {
    return fail(ErrorKind::Config, "detect.runtime",
                "the ONNX Runtime library is older than the headers veilgate was built with");
  }
  Ort::InitApi(api);
  try {
    // Lives as long as the process: the library starts and ends its own threads and must not be unloaded before them.
    auto runtime = std::make_unique<Runtime>();
    runtime->library = library;
    runtime->env = std::make_unique<Ort::Env>(ORT_LOGGING_LEVEL_FATAL, "veilgate", discard_log, nullptr);
    return runtime.release();
  } catch (const std::exception&) {
    return fail(ErrorKind::Config, "detect.runtime", "the ONNX Runtime library does not start");
  }
}

/// One environment per process, whatever the number of sessions.
Result<Ort::Env*> environment(const std::filesystem::path& library) {
  static std::mutex mutex;
  static Runtime* loaded = nullptr;
  const std::lock_guard lock(mutex);
  if (loaded == nullptr) {
    VG_ASSIGN(loaded, load_runtime(library));
  } else if (loaded->library != library) {
    return fail(ErrorKind::Config, "detect.runtime", "this process already uses another ONNX Runtime library");
  }
  return loaded->env.get();
}

thread_local BareTime bare;

double thread_cpu_s() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// While it lives, numbers below 1e-38 are nothing to this thread. Activations fade to them by the million, and some
/// processors take a hundred times as long for each: half of the time of a text network, for no digit of its answer.
/// The runtime's own option for it would only count for the thread that opens the first session, and for good.
class NoDenormals {
 public:
#if defined(__SSE2__)
  NoDenormals() { _mm_setcsr(before_ | kFlushToZero | kDenormalsAreZero); }
  ~NoDenormals() { _mm_setcsr(before_); }
#else
  NoDenormals() = default;
  ~NoDenormals() = default;
#endif
  NoDenormals(const NoDenormals&) = delete;
  NoDenormals& operator=(const NoDenormals&) = delete;

 private:
#if defined(__SSE2__)
  static constexpr unsigned kFlushToZero = 0x8000, kDenormalsAreZero = 0x0040;
  unsigned before_ = _mm_getcsr();
#endif
};

Ort::SessionOptions session_options() {
  Ort::SessionOptions options;
  // Workers are the unit of parallelism: one thread each, and no spinning that would take a core from a neighbour.
  options.SetIntraOpNumThreads(1);
  options.SetInterOpNumThreads(1);
  options.SetExecutionMode(ORT_SEQUENTIAL);
  options.AddConfigEntry("session.intra_op.allow_spinning", "0");
  options.AddConfigEntry("session.inter_op.allow_spinning", "0");
  options.SetLogSeverityLevel(ORT_LOGGING_LEVEL_FATAL);
  return options;
}

bool is_float(const Ort::TypeInfo& type) {
  return type.GetONNXType() == ONNX_TYPE_TENSOR &&
         type.GetTensorTypeAndShapeInfo().GetElementType() == ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT;
}

/// Values are read as floats: another type would be read beyond its end.
bool is_plain(const Ort::Session& session) {
  if (session.GetInputCount() != 1 || !is_float(session.GetInputTypeInfo(0))) return false;
  for (std::size_t i = 0; i < session.GetOutputCount(); ++i) {
    if (!is_float(session.GetOutputTypeInfo(i))) return false;
  }
  return session.GetOutputCount() > 0;
}

Error unusable(const ModelFile& model, std::string_view why) {
  return {ErrorKind::Config, "detect.model_unusable", fmt::format("{} ({}) {}", model.file, model.id, why)};
}

}  // namespace

BareTime bare_time() { return bare; }

struct Session::Impl {
  std::string id;
  Ort::Session session{nullptr};
  std::string input_name;
  std::vector<std::int64_t> input_shape;
  std::vector<std::string> output_names;
  Ort::MemoryInfo memory = Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);
};

Session::Session(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Session::~Session() = default;
const std::string& Session::id() const { return impl_->id; }
const std::vector<std::int64_t>& Session::input_shape() const { return impl_->input_shape; }

Result<std::unique_ptr<Session>> Session::open(const std::filesystem::path& runtime,
                                               const std::filesystem::path& folder, const ModelFile& model) {
  VG_ASSIGN(auto* env, environment(runtime));
  VG_ASSIGN(const auto bytes, read_verified(folder, model));
  try {
    auto impl = std::make_unique<Impl>();
    impl->id = model.id;
    impl->session = Ort::Session(*env, bytes.data(), bytes.size(), session_options());
    if (!is_plain(impl->session)) return fail(unusable(model, "has not one input and only outputs of floats"));
    Ort::AllocatorWithDefaultOptions allocator;
    impl->input_shape = impl->session.GetInputTypeInfo(0).GetTensorTypeAndShapeInfo().GetShape();
    impl->input_name = impl->session.GetInputNameAllocated(0, allocator).get();
    for (std::size_t i = 0; i < impl->session.GetOutputCount(); ++i) {
      impl->output_names.emplace_back(impl->session.GetOutputNameAllocated(i, allocator).get());
    }
    return std::unique_ptr<Session>(new Session(std::move(impl)));
  } catch (const std::exception&) {
    return fail(unusable(model, "cannot be used by this ONNX Runtime"));
  }
}

Result<std::vector<Tensor>> Session::run(std::span<float> input, std::span<const std::int64_t> shape) {
  const auto elements = std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
  if (elements <= 0 || static_cast<std::uint64_t>(elements) != input.size()) {
    return fail(ErrorKind::Bug, "detect.shape", "the model's input has the wrong size");
  }
  try {
    const auto value =
        Ort::Value::CreateTensor<float>(impl_->memory, input.data(), input.size(), shape.data(), shape.size());
    const char* input_name = impl_->input_name.c_str();
    std::vector<const char*> names;
    for (const auto& name : impl_->output_names) names.push_back(name.c_str());
    const double begun = thread_cpu_s();
    const NoDenormals fast;
    const auto outputs =
        impl_->session.Run(Ort::RunOptions{nullptr}, &input_name, &value, 1, names.data(), names.size());
    bare.seconds += thread_cpu_s() - begun;
    ++bare.runs;
    std::vector<Tensor> tensors;
    for (const auto& output : outputs) {
      const auto info = output.GetTensorTypeAndShapeInfo();
      const auto* data = output.GetTensorData<float>();
      tensors.push_back({info.GetShape(), {data, data + info.GetElementCount()}});
    }
    return tensors;
  } catch (const Ort::Exception& error) {
    if (error.GetOrtErrorCode() == ORT_INVALID_ARGUMENT) {
      return fail(ErrorKind::Config, "detect.model_unusable", impl_->id + " takes no input of this shape");
    }
    return fail(ErrorKind::Transient, "detect.inference", "inference failed, most likely for want of memory");
  } catch (const std::exception&) {
    return fail(ErrorKind::Transient, "detect.inference", "inference failed, most likely for want of memory");
  }
}

}  // namespace veilgate::detect
