// A pole hinged to a cart on a track, drawn for both cart-pole tasks.
#ifndef ROOKERY_ENVS_CONTROL_CART_SCENE_H_
#define ROOKERY_ENVS_CONTROL_CART_SCENE_H_

#include "core/scene.h"

namespace rookery {

// `reach` is where the track ends on either side, `pole` the pole's length, m; `hangs` leaves room
// for a pole that points down.
void BuildCartScene(double reach, double pole, bool hangs, Scene* scene);
// theta: 0 is up, positive to the right, rad.
void PlaceCart(double x, double theta, Scene* scene);

}  // namespace rookery

#endif  // ROOKERY_ENVS_CONTROL_CART_SCENE_H_
