// Training samples: random rigid motions of a demonstration in the image plane (the reference's
// `perturb`), and other picks on the same object.
#ifndef ROOKERY_AGENTS_PICK_PLACE_AUGMENTATION_H_
#define ROOKERY_AGENTS_PICK_PLACE_AUGMENTATION_H_

#include "agents/pick_place/workspace.h"
#include "core/rng.h"

namespace rookery::pick_place {

// A rotation by `angle` about the pivot, then a shift, in pixels: column' = cos (column - pc) -
// sin (row - pr) + shift + pc, row' = sin (column - pc) + cos (row - pr) + shift + pr.
class PlaneMotion {
 public:
  PlaneMotion() = default;
  PlaneMotion(double angle, PixelPoint pivot, PixelPoint shift);
  PixelPoint operator()(PixelPoint p) const;
  PixelPoint Inverse(PixelPoint p) const;

 private:
  double cos_ = 1, sin_ = 0;
  PixelPoint pivot_, shift_;
};

// The image moved; nearest neighbour, zeros where nothing was.
Image Warp(const Image& image, const PlaneMotion& motion);

// Of a place in space: height of the picked point, and rotation Ry(pitch) Rx(roll) Rz(yaw) of the
// body between pick and place.
struct SpatialLabel {
  double z = 0, roll = 0, pitch = 0;  // m, rad
};

struct TrainingSample {
  Image image;
  Image goal;  // moved as the image; empty without one
  int pick_row = 0, pick_column = 0, place_row = 0, place_column = 0;
  std::vector<int> object;  // indices of pixels that are as good to pick; the pick's among them
  int bin = 0;              // rotation of the place
  SpatialLabel spatial;     // with six_dof only
  int rejected = 0;         // motions drawn before one kept both points inside
  bool augmented = false;
};

struct AugmentationOptions {
  bool move = true;            // the random rigid motion
  bool pick_shift = false;     // pick a random pixel of the object
  bool half_turns = false;     // turn half of the samples by 180 degrees
  bool rigid_rounding = true;  // rounding the pick to a pixel shifts the place along with it (ours)
  bool six_dof = false;        // places may be tilted: the bin is of the yaw left beside the tilt
  int rotations = 36;
  int max_tries = 100;  // then the sample is used unmoved
};

// Angle ~ N(0, (pi/3)^2); shift ~ N(0, (columns/6)^2) for rows and columns; pivot = image
// centre; drawn again until both points and their pixels are inside. With pick_shift the pick
// first moves to a random pixel of the object and the place moves rigidly with it. `grid`: of the
// image. `goal` may be null.
//
// With six_dof the motion acts on both poses as a rigid transform of the world about a vertical
// axis, which turns the direction of the tilt; heights stay.
TrainingSample MakeSample(const Image& image, const Label& label, const std::vector<int>& object,
                          const Grid& grid, const AugmentationOptions& options, Rng* rng,
                          const Image* goal = nullptr);

// Turned by 180 degrees.
Image HalfTurned(const Image& image);
PixelPoint HalfTurned(const PixelPoint& p, const Image& image);

// Pixels connected to (row, column) whose height is within 10 mm and each colour within 24 of
// 255 of that pixel's, as indices, in a fixed order. Never empty.
std::vector<int> SurfaceAround(const Image& image, int row, int column);

// Pixels of the object that the labelled action moved, as the image after it shows: connected to
// the pick, changed by the action or alike the pick, and found again, as far above the pick and of
// the same colour, where the rigid motion of the label takes them; without its edge unless it is
// thin. The pick alone when it is not found again (pushes, what bends). Never empty.
std::vector<int> MovedObject(const Image& image, const Image& after, const Label& label,
                             const Grid& grid);

}  // namespace rookery::pick_place

#endif  // ROOKERY_AGENTS_PICK_PLACE_AUGMENTATION_H_
