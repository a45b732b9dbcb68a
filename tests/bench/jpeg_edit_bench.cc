// A 12-megapixel photo: coefficient edit against libjpeg's plain coefficient read and write, alternating in one run.
// Prints medians and their ratio; goal <= 1.15. Not a ctest: figures depend on the machine.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>

#include "pixel/jpeg_edit.h"
#include "support/jpeg_tools.h"

namespace {
using namespace veilgate;
constexpr int kRuns = 15;

double seconds(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void plain_copy(const test::Bytes& jpeg, bool optimize) {
  jpeg_decompress_struct in{};
  jpeg_compress_struct out{};
  jpeg_error_mgr errors{};
  in.err = out.err = jpeg_std_error(&errors);
  errors.error_exit = test::throw_jpeg;
  jpeg_create_decompress(&in);
  jpeg_create_compress(&out);
  jpeg_mem_src(&in, jpeg.data(), jpeg.size());
  jpeg_read_header(&in, TRUE);
  auto* coefficients = jpeg_read_coefficients(&in);
  jpeg_copy_critical_parameters(&in, &out);
  out.optimize_coding = optimize ? TRUE : FALSE;
  unsigned char* buffer = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&out, &buffer, &size);
  jpeg_write_coefficients(&out, coefficients);
  jpeg_finish_compress(&out);
  jpeg_destroy_compress(&out);
  jpeg_destroy_decompress(&in);
  std::free(buffer);
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// Something with the detail of a photo.
cv::Mat photo() {
  cv::Mat out = test::test_picture(4000, 3000);
  cv::GaussianBlur(out, out, {5, 5}, 1.5);
  cv::Mat noise(out.size(), CV_8UC3);
  cv::RNG random(3);
  random.fill(noise, cv::RNG::NORMAL, 6, 4);
  out += noise;
  return out;
}
}  // namespace

int main() {
  const cv::Mat picture = photo();
  const std::vector<Box> boxes{{1500, 900, 800, 1000}, {300, 2500, 900, 120}, {3100, 200, 300, 300}};
  for (const bool optimized : {false, true}) {
    const auto jpeg = test::encode_jpeg(picture, {.quality = 92, .optimized = optimized});
    std::vector<double> plain;
    std::vector<double> edit;
    std::vector<double> decode;
    for (int run = 0; run < kRuns; ++run) {
      plain.push_back(seconds([&] { plain_copy(jpeg, optimized); }));
      edit.push_back(seconds([&] {
        if (!pixel::edit_jpeg(jpeg, boxes, pixel::Style::Solid)) std::abort();
      }));
      if (run < 5) decode.push_back(seconds([&] { (void)pixel::decode_jpeg(jpeg); }));
    }
    std::printf(
        "jpeg_edit 12 MP, %s tables, %.1f MB: plain read+write %.1f ms, edit %.1f ms, ratio %.3f, decode %.1f ms\n",
        optimized ? "optimised" : "standard", static_cast<double>(jpeg.size()) / 1e6, median(plain) * 1e3,
        median(edit) * 1e3, median(edit) / median(plain), median(decode) * 1e3);
  }
  return 0;
}
