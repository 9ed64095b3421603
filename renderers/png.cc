#include "renderers/png.h"

#include <zlib.h>

#include <cstdlib>
#include <limits>
#include <vector>

#include "core/atomic_file.h"
#include "core/error.h"
#include "renderers/image_io.h"

namespace rookery {
namespace internal {
namespace {

constexpr int64_t kMostPixels = int64_t{1} << 28;

uint8_t Paeth(int left, int above, int corner) {
  const int guess = left + above - corner;
  const int a = std::abs(guess - left), b = std::abs(guess - above), c = std::abs(guess - corner);
  return static_cast<uint8_t>(a <= b && a <= c ? left : (b <= c ? above : corner));
}

// What filter `type` predicts for byte i of a row of `bytes_per_pixel`.
uint8_t Predict(int type, const uint8_t* row, const uint8_t* above, size_t i,
                size_t bytes_per_pixel) {
  const int left = i >= bytes_per_pixel ? row[i - bytes_per_pixel] : 0;
  const int corner = i >= bytes_per_pixel ? above[i - bytes_per_pixel] : 0;
  switch (type) {
    case 1:
      return static_cast<uint8_t>(left);
    case 2:
      return above[i];
    case 3:
      return static_cast<uint8_t>((left + above[i]) / 2);
    case 4:
      return Paeth(left, above[i], corner);
    default:
      return 0;
  }
}

}  // namespace

PngSize CheckImage(const Array& image) {
  const Shape& shape = image.shape();
  PngSize size;
  if (shape.size() == 2 || shape.size() == 3) {
    size = {shape[0], shape[1], shape.size() == 3 ? shape[2] : 1};
  }
  const bool channels_fit = size.channels == 1 || size.channels == 3 || size.channels == 4;
  if (image.dtype() != DType::kUInt8 || !channels_fit || size.height < 1 || size.width < 1 ||
      size.height > kMostPixels / size.width) {
    throw UserError(
        std::string("an image must be uint8 of shape (H, W) or (H, W, 1 | 3 | 4), got ") +
        DTypeName(image.dtype()) + " " + ShapeText(shape));
  }
  return size;
}

void AppendBigEndian(uint32_t value, int bytes, std::string* out) {
  for (int i = bytes - 1; i >= 0; --i) out->push_back(static_cast<char>(value >> (8 * i) & 0xFF));
}

void AppendChunk(std::string_view type, std::string_view data, std::string* out) {
  AppendBigEndian(static_cast<uint32_t>(data.size()), 4, out);
  const size_t start = out->size();
  out->append(type).append(data);
  const auto* const bytes = reinterpret_cast<const Bytef*>(out->data() + start);
  const uLong crc = crc32(0, bytes, static_cast<uInt>(out->size() - start));
  AppendBigEndian(static_cast<uint32_t>(crc), 4, out);
}

std::string PngHeader(const PngSize& size) {
  std::string out;
  AppendBigEndian(static_cast<uint32_t>(size.width), 4, &out);
  AppendBigEndian(static_cast<uint32_t>(size.height), 4, &out);
  out.push_back(8);  // bits per channel
  out.push_back(size.channels == 1 ? 0 : (size.channels == 3 ? 2 : 6));
  out.append(3, '\0');  // deflate, adaptive filters, not interlaced
  return out;
}

std::string CompressImage(const Array& image) {
  const PngSize size = CheckImage(image);
  const auto step = static_cast<size_t>(size.channels);
  const size_t row_bytes = static_cast<size_t>(size.width) * step;
  const uint8_t* const pixels = image.As<uint8_t>().data();
  std::vector<uint8_t> filtered((row_bytes + 1) * static_cast<size_t>(size.height));
  std::vector<uint8_t> candidate(row_bytes);
  const std::vector<uint8_t> nothing(row_bytes, 0);
  for (size_t y = 0; y < static_cast<size_t>(size.height); ++y) {
    const uint8_t* const row = pixels + y * row_bytes;
    const uint8_t* const above = y > 0 ? row - row_bytes : nothing.data();
    uint8_t* const out = filtered.data() + y * (row_bytes + 1);
    // The usual rule of thumb: the filter whose residuals are smallest in sum compresses best.
    int64_t least = std::numeric_limits<int64_t>::max();
    for (int type : {0, 1, 2, 4}) {
      int64_t sum = 0;
      for (size_t i = 0; i < row_bytes; ++i) {
        candidate[i] = static_cast<uint8_t>(row[i] - Predict(type, row, above, i, step));
        sum += std::abs(static_cast<int8_t>(candidate[i]));
      }
      if (sum >= least) continue;
      least = sum;
      out[0] = static_cast<uint8_t>(type);
      std::copy(candidate.begin(), candidate.end(), out + 1);
    }
  }
  uLongf compressed_size = compressBound(filtered.size());
  std::string compressed(compressed_size, '\0');
  const int status = compress2(reinterpret_cast<Bytef*>(compressed.data()), &compressed_size,
                               filtered.data(), filtered.size(), 6);
  if (status != Z_OK) throw Failure("zlib refused to compress an image: " + std::to_string(status));
  compressed.resize(compressed_size);
  return compressed;
}

namespace {

// Reads the kinds of PNG files that EncodePng writes (and other programs' of that kind).
class PngReader {
 public:
  explicit PngReader(const std::string& path) : path_(path), file_(ReadFile(path)) {}

  Array Read() {
    if (!file_.starts_with(kPngSignature)) Fail("not a PNG file");
    size_t at = kPngSignature.size();
    std::string compressed;
    for (bool ended = false; !ended;) {
      if (file_.size() - at < 12) Fail("cut short");
      const uint32_t length = Word(at);
      if (length > file_.size() - at - 12) Fail("cut short");
      const std::string_view type(file_.data() + at + 4, 4);
      const std::string_view data(file_.data() + at + 8, length);
      const auto* const checked = reinterpret_cast<const Bytef*>(type.data());
      if (crc32(0, checked, length + 4) != Word(at + 8 + length)) {
        Fail("damaged (wrong checksum in " + Printable(type) + ")");
      }
      if (type == "IHDR") {
        ReadHeader(data);
      } else if (type == "IDAT") {
        compressed += data;
      } else if (type == "IEND") {
        ended = true;
      } else if ((type[0] & 0x20) == 0) {
        Fail("unsupported chunk " + Printable(type));
      }
      at += 12 + length;
    }
    if (size_.width == 0) Fail("no header");
    return Unfilter(Inflate(compressed));
  }

 private:
  [[noreturn]] void Fail(const std::string& what) const {
    throw UserError("cannot read " + path_ + ": " + what);
  }

  static std::string Printable(std::string_view type) {
    std::string out(type);
    for (char& c : out) c = c >= ' ' && c <= '~' ? c : '?';
    return out;
  }

  uint32_t Word(size_t at) const {
    uint32_t value = 0;
    for (size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<uint8_t>(file_[at + i]);
    return value;
  }

  void ReadHeader(std::string_view data) {
    if (data.size() != 13) Fail("bad header");
    const auto offset = static_cast<size_t>(data.data() - file_.data());
    const int64_t width = Word(offset), height = Word(offset + 4);
    const int bits = data[8], color = data[9], interlace = data[12];
    if (width < 1 || height < 1 || height > kMostPixels / width) {
      Fail("bad size " + std::to_string(width) + " x " + std::to_string(height));
    }
    if (bits != 8 || (color != 0 && color != 2 && color != 6) || interlace != 0 || data[10] != 0 ||
        data[11] != 0) {
      Fail("only 8-bit grey, RGB or RGBA without interlacing is supported (this is colour type " +
           std::to_string(color) + ", " + std::to_string(bits) + " bits" +
           (interlace != 0 ? ", interlaced)" : ")"));
    }
    size_ = {height, width, color == 0 ? 1 : (color == 2 ? 3 : 4)};
  }

  size_t RowBytes() const { return static_cast<size_t>(size_.width * size_.channels); }

  std::vector<uint8_t> Inflate(const std::string& compressed) const {
    std::vector<uint8_t> out((RowBytes() + 1) * static_cast<size_t>(size_.height));
    uLongf length = out.size();
    const int status = uncompress(
        out.data(), &length, reinterpret_cast<const Bytef*>(compressed.data()), compressed.size());
    if (status != Z_OK || length != out.size()) Fail("damaged image data");
    return out;
  }

  Array Unfilter(const std::vector<uint8_t>& filtered) const {
    Shape shape = {size_.height, size_.width};
    if (size_.channels > 1) shape.push_back(size_.channels);
    Array image(DType::kUInt8, shape);
    uint8_t* const pixels = image.As<uint8_t>().data();
    const size_t row_bytes = RowBytes(), step = static_cast<size_t>(size_.channels);
    const std::vector<uint8_t> nothing(row_bytes, 0);
    for (size_t y = 0; y < static_cast<size_t>(size_.height); ++y) {
      const uint8_t* const in = filtered.data() + y * (row_bytes + 1);
      uint8_t* const row = pixels + y * row_bytes;
      const uint8_t* const above = y > 0 ? row - row_bytes : nothing.data();
      if (in[0] > 4) Fail("unknown filter " + std::to_string(in[0]));
      for (size_t i = 0; i < row_bytes; ++i) {
        row[i] = static_cast<uint8_t>(in[i + 1] + Predict(in[0], row, above, i, step));
      }
    }
    return image;
  }

  const std::string path_, file_;
  PngSize size_;
};

}  // namespace
}  // namespace internal

std::string EncodePng(const Array& image) {
  std::string out(internal::kPngSignature);
  internal::AppendChunk("IHDR", internal::PngHeader(internal::CheckImage(image)), &out);
  internal::AppendChunk("IDAT", internal::CompressImage(image), &out);
  internal::AppendChunk("IEND", "", &out);
  return out;
}

void WritePng(const std::string& path, const Array& image) {
  WriteFileAtomic(path, EncodePng(image));
}

Array ReadPng(const std::string& path) { return internal::PngReader(path).Read(); }

}  // namespace rookery
