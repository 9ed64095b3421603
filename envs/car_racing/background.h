// Pictures behind CarRacing's road, in place of field and grass: from a folder, or patterns of our
// own, another one in each episode. They stay where they are while the car moves.
// Source: Tang & Ha, The Sensory Neuron as a Transformer, NeurIPS 2021 (background replacement).
#ifndef ROOKERY_ENVS_CAR_RACING_BACKGROUND_H_
#define ROOKERY_ENVS_CAR_RACING_BACKGROUND_H_

#include <cstdint>
#include <string>
#include <vector>

#include "core/array.h"
#include "core/bytes.h"
#include "core/rng.h"
#include "renderers/canvas.h"

namespace rookery::car_racing {

inline constexpr char kGenerated[] = "generated";

class Background {
 public:
  // `source`: "" none; "generated"; else a folder with PNG pictures, or one such file. UserError
  // with the path when there are none or one cannot be read; other sizes than 96 x 96 are scaled,
  // with a notice.
  explicit Background(const std::string& source);

  // Another picture, for a new episode. Draws nothing when there is none to choose.
  void Choose(Rng* rng);
  // 96 x 96 x 3, or nullptr for none.
  const uint8_t* pixels() const;

  void Save(ByteWriter* out) const { out->Put(choice_); }
  void Load(ByteReader* in) { Show(in->Get<uint64_t>()); }

 private:
  void Show(uint64_t choice);

  bool generated_ = false;
  std::vector<Array> pictures_;
  uint64_t choice_ = 0;  // of the pictures, or the seed of a pattern
  Canvas pattern_;
};

// uint8 (height, width, 3), from grey, RGB or RGBA of any size, between pixel centres.
Array ResizeBilinear(const Array& image, int height, int width);

}  // namespace rookery::car_racing

#endif  // ROOKERY_ENVS_CAR_RACING_BACKGROUND_H_
